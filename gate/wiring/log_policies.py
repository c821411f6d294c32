"""Log groups that services write to as themselves let them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import at, mappings, text
from gate.wiring.arns import account_in, arn_of
from gate.wiring.policies import Request, allows, service, statements_of

_SEARCH = "es.amazonaws.com"
_EVENTS = "events.amazonaws.com"
# The CDK's older way, a custom resource that makes the policy; it is not followed here.
_BY_CUSTOM_RESOURCE = "Custom::CloudwatchLogResourcePolicy"


def log_groups_let_services_write(assembly: Assembly) -> Iterator[Finding]:
    """A domain or a rule that logs into a group where no resource policy lets it."""
    if next(assembly.resources(_BY_CUSTOM_RESOURCE), None) is not None:
        return
    stated = list(_statements(assembly))
    for writer, name, arn in _writers(assembly):
        group = assembly.at(arn, "AWS::Logs::LogGroup")
        if group is None:
            continue
        where = arn_of(assembly, group)
        context: dict[str, str | None] = {"aws:SourceAccount": account_in(where)}
        if not allows(stated, Request("logs:PutLogEvents", where, service(name), context)):
            yield writer.finding(
                "wiring.log-policy",
                f"it logs into {group.name}, where no AWS::Logs::ResourcePolicy lets {name} "
                "logs:PutLogEvents; add one",
            )


def _writers(assembly: Assembly) -> Iterator[tuple[Resource, str, str]]:
    for domain in assembly.resources("AWS::OpenSearchService::Domain"):
        options = at(domain.properties, "LogPublishingOptions")
        groups = {
            text(option, "CloudWatchLogsLogGroupArn")
            for option in (options.values() if isinstance(options, Mapping) else ())
            if at(option, "Enabled") in (True, "true")
        }
        for group in sorted(groups - {""}):
            yield domain, _SEARCH, group
    for rule in assembly.resources("AWS::Events::Rule"):
        for target in mappings(rule.properties, "Targets"):
            if ":log-group:" in text(target, "Arn"):
                yield rule, _EVENTS, text(target, "Arn")


def _statements(assembly: Assembly) -> Iterator[Mapping[str, Any]]:
    for policy in assembly.resources("AWS::Logs::ResourcePolicy"):
        document = policy.properties.get("PolicyDocument")
        try:
            yield from statements_of(
                json.loads(document) if isinstance(document, str) else document
            )
        except ValueError:
            continue  # a document that is none is a finding of the schema


RULES = (log_groups_let_services_write,)
