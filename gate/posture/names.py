"""No two resources ask for one name: the second would fail to deploy, after an hour."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.reading import within

# A name is unique among the resources that share these properties.
_SCOPES = (
    "ApiId",
    "DatabaseName",
    "EventBusName",
    "FunctionName",
    "GroupName",
    "LogGroupName",
    "RestApiId",
    "ServiceNamespace",
    "UserPoolId",
    "Workspace",
)
# Their names need not be unique.
_FREE = ("AWS::IAM::Policy", "AWS::EC2::SecurityGroup", "AWS::CloudFormation::Stack")
_NESTED = {
    "AWS::Budgets::Budget": "Budget.BudgetName",
    "AWS::Glue::Database": "DatabaseInput.Name",
    "AWS::Glue::Table": "TableInput.Name",
}


def one_owner(assembly: Assembly) -> Iterator[Finding]:
    """A written name is given once a type, account, region and scope."""
    first: dict[tuple[object, ...], Resource] = {}
    places = {
        template.stack: (template.account, template.region) for template in assembly.templates
    }
    for resource in assembly.resources():
        path = _naming(resource)
        name = within(resource.properties, path) if path else None
        if not isinstance(name, str) or resource.type in _FREE:
            continue
        scope = tuple(str(resource.properties.get(key)) for key in _SCOPES if key != path)
        identity = (resource.type, places.get(resource.stack), name, scope)
        other = first.setdefault(identity, resource)
        if other is not resource:
            yield resource.finding(
                "posture.duplicate-name",
                f"{path} is {name!r}, as of {other.name}: give each its own, or none",
            )


def _naming(resource: Resource) -> str | None:
    if resource.type in _NESTED:
        return _NESTED[resource.type]
    kind = resource.type.rsplit("::", 1)[-1]
    candidates = (f"{kind}Name", "Name", "AlarmName", "ConfigurationName", "AliasName")
    return next((name for name in candidates if name in resource.properties), None)


RULES: tuple[Rule, ...] = (one_owner,)
