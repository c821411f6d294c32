"""The baseline of a version: found through its model package, read from S3."""

from __future__ import annotations

from typing import Protocol

from botocore.exceptions import ClientError

from tidewatch.aws.objects import Bucket, split_uri
from tidewatch.aws.variants import Versions
from tidewatch.core.errors import BaselineError, Fault
from tidewatch.core.profile import Baseline

_ABSENT = {"NoSuchKey", "404", "NoSuchBucket"}


class Baselines(Protocol):
    """Where baselines come from."""

    def of(self, version: str) -> Baseline:
        """The baseline of `version`. Raises BaselineError where it is missing or unreadable."""


class PackageBaselines:
    """`Baselines` that registration wrote into the model packages of one model."""

    def __init__(self, model: str, versions: Versions, owner: str | None = None) -> None:
        self._model = model
        self._versions = versions
        self._owner = owner
        self._read: dict[str, Baseline] = {}

    def of(self, version: str) -> Baseline:
        """See `Baselines`; each is read once."""
        if version not in self._read:
            document = self.document(version, "baseline")
            try:
                self._read[version] = Baseline.from_json(document)
            except BaselineError as error:
                raise self._missing(version, "baseline", f"unreadable: {error}") from error
        return self._read[version]

    def document(self, version: str, name: str) -> bytes:
        """The file that the package's property `name` points to."""
        uri = self._versions.properties(version).get(name)
        if not uri:
            raise self._missing(version, name, f"no property {name!r}")
        bucket, key = split_uri(uri)
        try:
            return Bucket(bucket, self._owner).read(key)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _ABSENT:
                raise
            raise self._missing(version, name, f"nothing at {uri}") from error

    def _missing(self, version: str, name: str, found: str) -> BaselineError:
        return BaselineError(
            Fault(
                where=f"model {self._model}, version {version}: its model package",
                found=found,
                expected=f"the S3 address of the version's {name}, and a readable file there",
                remedy=f"run evaluation and registration of version {version} again, "
                "or release a version that has one",
            )
        )
