"""Names without what differs from one deployment to the next.

A call that was recorded on a laptop can so be held against the templates of any stage: both sides
say `{storage.Raw}` for the bucket, `{account}`, `{region}` and `{stage}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

NAMED_BY_AWS = (
    "AWS::APS::Workspace",
    "AWS::CloudWatch::Alarm",
    "AWS::EMRServerless::Application",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SageMaker::MlflowApp",
    "AWS::SecretsManager::Secret",
    "AWS::StepFunctions::StateMachine",
)
"""The types of which our templates leave the name to AWS, or whose ARN has an id in it."""

_ASSET = re.compile(r"\b[0-9a-f]{64}\b")
_PIECE = re.compile(r"[^/:]+")
_UNSTEADY = "~"
_KEY_DEPTH = 3
_ARN_PARTS = 6


@dataclass(frozen=True)
class Names:
    """One deployment's names: those that AWS chose, by what they stand for (`storage.Raw`)."""

    account: str
    region: str
    stage: str
    own: Mapping[str, str]

    def removed_from(self, text: str) -> str:
        """`text` with the deployment's names replaced.

        >>> names = Names("1234", "eu-west-1", "dev", {"storage.Raw": "dev-raw-x1"})
        >>> names.removed_from("arn:aws:s3:::dev-raw-x1/flights-dev/*")
        'arn:aws:s3:::{storage.Raw}/flights-{stage}/*'
        """
        text = self._pattern.sub(lambda found: f"{{{self._by_name[found[0]]}}}", text)
        text = text.replace(self.account, "{account}").replace(self.region, "{region}")
        text = re.sub(rf"-{self.stage}(?![\w-])", "-{stage}", text)
        return _ASSET.sub("{asset}", text)

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        return {name: meaning for meaning, name in self.own.items()}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        choices = "|".join(re.escape(name) for name in self._by_name) or "(?!)"
        return re.compile(rf"(?<![\w-])(?:{choices})(?![\w-])")


def short_name(identifier: str) -> str:
    """The last part of a name, an ARN or a URL; of an MLflow app, whose name is anybody's, two.

    >>> short_name("arn:aws:aps:eu-west-1:1:workspace/ws-7"), short_name("raw")
    ('ws-7', 'raw')
    >>> short_name("arn:aws:sagemaker:eu-west-1:1:mlflow-app/tidewatch-dev")
    'mlflow-app/tidewatch-dev'
    """
    last = re.split(r"[/:]", identifier)[-1]
    return f"mlflow-app/{last}" if f"mlflow-app/{last}" in identifier else last


def steady(resource: str) -> str:
    """A recorded resource without what differs from one run to the next.

    Of a name's words, the first with a digit and all behind it go; of an object's key, all behind
    the third part.

    >>> steady("arn:aws:s3:::{storage.History}/metrics/model=flights/day=2013-04-01/part-1.parquet")
    'arn:aws:s3:::{storage.History}/metrics/model=flights/~'
    >>> steady("arn:aws:sagemaker:{region}:{account}:processing-job/flights-data-prep-0f3c")
    'arn:aws:sagemaker:{region}:{account}:processing-job/flights-data-prep-~'
    """
    head, separator, last = _split(resource)
    pieces = _PIECE.sub(lambda piece: _steady_piece(piece[0]), last)
    if ":s3:::" in head + separator:
        pieces = _shallow(pieces)
    return head + separator + re.sub(r"~(?:[/:]~)+", _UNSTEADY, pieces)


def steady_prefix(prefix: str) -> str:
    """The same, of the prefix that objects were listed by."""
    return re.sub(r"~(?:/~)+", _UNSTEADY, _shallow("/" + _PIECE.sub(_of_match, prefix))[1:])


def _of_match(piece: re.Match[str]) -> str:
    return _steady_piece(piece[0])


def _split(resource: str) -> tuple[str, str, str]:
    parts = resource.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS:
        return "", "", resource
    return ":".join(parts[:-1]), ":", parts[-1]


def _steady_piece(piece: str) -> str:
    if "{" in piece:
        return piece
    words = piece.split("-")
    kept = next((place for place, word in enumerate(words) if _DIGIT.search(word)), len(words))
    return piece if kept == len(words) else "-".join([*words[:kept], _UNSTEADY])


def _shallow(path: str) -> str:
    parts = path.split("/")
    if len(parts) <= _KEY_DEPTH + 1:
        return path
    return "/".join([*parts[: _KEY_DEPTH + 1], _UNSTEADY])


_DIGIT = re.compile(r"\d")
