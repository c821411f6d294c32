"""Logs end, and so does what a workspace of metrics keeps."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.posture.requirement import Requirement
from gate.reading import is_given, number, texts, within

_GROUP = "AWS::Logs::LogGroup"
_WEEK = 7
# Who writes down what is looked at when something has happened, and where it says the group.
_TRACES = {
    "AWS::EC2::FlowLog": ("LogGroupName", "LogDestination"),
    "AWS::CloudTrail::Trail": ("CloudWatchLogsLogGroupArn",),
    "AWS::Route53Resolver::ResolverQueryLoggingConfig": ("DestinationArn",),
    "AWS::WAFv2::LoggingConfiguration": ("LogDestinationConfigs",),
}


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


def traces_last(assembly: Assembly) -> Iterator[Finding]:
    """What shows afterwards who did what, or spoke to whom, is kept for a week at least."""
    for kind, keys in _TRACES.items():
        for writer in assembly.resources(kind):
            places = [place for key in keys for place in texts(writer.properties, key)]
            groups = (assembly.at(place, _GROUP) for place in places)
            for group in groups:
                kept = number(group.properties.get("RetentionInDays")) if group else None
                if group is not None and kept is not None and kept < _WEEK:
                    yield group.finding(
                        "posture.log-short",
                        f"{writer.logical_id} writes here, and it is gone after {kept:g} days: "
                        "nothing is left to investigate with; keep it for weeks",
                    )


RULES: tuple[Rule, ...] = (
    domains_log,
    trails_log,
    traces_last,
    Requirement(
        "posture.log-retention",
        _GROUP,
        "RetentionInDays",
        "logs are kept, and paid for, for ever; set the days",
        holds=_some_days,
    ),
)
