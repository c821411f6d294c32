"""Logs end, and so does what a workspace of metrics keeps."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.posture.requirement import Requirement
from gate.reading import is_given, number, within

_GROUP = "AWS::Logs::LogGroup"


def _some_days(value: object) -> bool:
    return (number(value) or 0) >= 1


def domains_log(assembly: Assembly) -> Iterator[Finding]:
    """A search domain writes its application log."""
    for domain in assembly.resources("AWS::OpenSearchService::Domain"):
        if not is_given(domain.properties.get("LogPublishingOptions")):
            yield domain.finding(
                "posture.search-log", "LogPublishingOptions is empty: publish ES_APPLICATION_LOGS"
            )


def trails_log(assembly: Assembly) -> Iterator[Finding]:
    """A trail can be proved whole."""
    for trail in assembly.resources("AWS::CloudTrail::Trail"):
        if within(trail.properties, "EnableLogFileValidation") is not True:
            yield trail.finding("posture.trail", "EnableLogFileValidation is not true: set it")


RULES: tuple[Rule, ...] = (
    domains_log,
    trails_log,
    Requirement(
        "posture.log-retention",
        _GROUP,
        "RetentionInDays",
        "logs are kept, and paid for, for ever; set the days",
        holds=_some_days,
    ),
)
