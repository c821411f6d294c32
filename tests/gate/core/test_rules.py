"""Our own rules are run whole: one that fails hides no other."""

from __future__ import annotations

from collections.abc import Iterator

from gate import rules
from gate.assembly import Assembly
from gate.finding import Finding
from tests.gate.core.conftest import Write


def broken(assembly: Assembly) -> Iterator[Finding]:
    yield Finding("a", "b", "c")
    raise KeyError(assembly.folder.name)


def whole(assembly: Assembly) -> list[Finding]:
    return [Finding("whole", str(len(assembly.templates)), "said")]


def test_a_rule_that_fails_is_a_finding_and_the_next_one_still_runs(assembled: Write) -> None:
    found = list(rules.check(assembled(one={"Resources": {}}), [broken, whole]))
    assert [(finding.rule, finding.resource) for finding in found] == [
        ("gate.rule-failed", "broken"),
        ("whole", "1"),
    ]


def test_references_to_nothing_are_among_the_findings(assembled: Write) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Gone"}}}
    found = rules.check(assembled(one={"Resources": {"Queue": queue}}), rules.RULES[:1])
    assert [finding.rule for finding in found] == ["template.reference"]
