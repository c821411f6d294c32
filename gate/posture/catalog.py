"""The data catalogue and the jobs on it are encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.posture.requirement import Requirement
from gate.reading import within

_SETTINGS = "DataCatalogEncryptionSettings.EncryptionAtRest"


def tables_are_somewhere(assembly: Assembly) -> Iterator[Finding]:
    """A table's location is in a bucket, under a prefix."""
    for table in assembly.resources("AWS::Glue::Table"):
        location = within(table.properties, "TableInput.StorageDescriptor.Location")
        if location is None:
            continue
        text = str(location)
        if not text.startswith("s3://") or "/" not in text.removeprefix("s3://"):
            yield table.finding(
                "posture.table-location", f"Location is {text!r}: expected s3://bucket/prefix/"
            )


RULES: tuple[Rule, ...] = (
    tables_are_somewhere,
    Requirement(
        "posture.catalogue-key",
        "AWS::Glue::Job",
        "SecurityConfiguration",
        "the job writes in the clear; name a Glue security configuration",
    ),
    Requirement(
        "posture.catalogue-key",
        "AWS::Glue::Crawler",
        "CrawlerSecurityConfiguration",
        "the crawler writes in the clear; name a Glue security configuration",
    ),
    Requirement(
        "posture.catalogue-key",
        "AWS::Glue::DataCatalogEncryptionSettings",
        f"{_SETTINGS}.CatalogEncryptionMode",
        "set SSE-KMS",
        holds=lambda value: isinstance(value, str) and value.startswith("SSE-KMS"),
    ),
    Requirement(
        "posture.catalogue-key",
        "AWS::Glue::SecurityConfiguration",
        "EncryptionConfiguration.S3Encryptions",
        "set SSE-KMS with a key",
    ),
)
