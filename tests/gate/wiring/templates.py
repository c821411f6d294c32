"""Small templates for the tests of wiring, and what the rules find in them."""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.wiring import RULES

Json = dict[str, Any]
ACCOUNT = {"Ref": "AWS::AccountId"}


def assembly(**resources: Json) -> Assembly:
    """The assembly of one stack with these resources."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stack.template.json"
        file.write_text(json.dumps({"Resources": resources}), encoding="utf-8")
        return Assembly.read(Path(folder))


def assembly_of_stacks(stacks: Mapping[str, tuple[str, Mapping[str, Json]]]) -> Assembly:
    """The assembly of several stacks: each one's region and resources."""
    artifacts = {
        name: {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://111111111111/{region}",
            "properties": {"templateFile": f"{name}.template.json"},
        }
        for name, (region, _) in stacks.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        manifest = Path(folder) / "manifest.json"
        manifest.write_text(json.dumps({"artifacts": artifacts}), encoding="utf-8")
        for name, (_, resources) in stacks.items():
            file = Path(folder) / f"{name}.template.json"
            file.write_text(json.dumps({"Resources": resources}), encoding="utf-8")
        return Assembly.read(Path(folder))


def found(
    resources: Mapping[str, Json], rules: Iterable[Callable[[Assembly], Iterable[Finding]]] = RULES
) -> set[tuple[str, str]]:
    """Rule and logical id of each finding, of all rules unless some are named."""
    read = assembly(**resources)
    return {
        (finding.rule, finding.resource.removeprefix("stack/"))
        for rule in rules
        for finding in rule(read)
    }


def changed(resources: Mapping[str, Json], path: str, value: object) -> dict[str, Json]:
    """A copy with another value at a dotted path; None drops what stands there."""
    result = copy.deepcopy(dict(resources))
    *parents, last = path.split(".")
    holder: Any = result
    for part in parents:
        holder = holder[int(part) if isinstance(holder, list) else part]
    if value is None:
        del holder[int(last) if isinstance(holder, list) else last]
    else:
        holder[int(last) if isinstance(holder, list) else last] = value
    return result


def arn(logical_id: str) -> Json:
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def ref(logical_id: str) -> Json:
    return {"Ref": logical_id}


def join(*parts: object) -> Json:
    return {"Fn::Join": ["", list(parts)]}


def resource(kind: str, depends_on: Iterable[str] = (), **properties: Any) -> Json:
    made: Json = {"Type": f"AWS::{kind}", "Properties": properties}
    return made | {"DependsOn": list(depends_on)} if depends_on else made


def allow(actions: str | list[str], target: object = "*", **more: Any) -> Json:
    return {"Effect": "Allow", "Action": actions, "Resource": target, **more}


def policy(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def services(*names: str) -> Json:
    return {"Service": [f"{name}.amazonaws.com" for name in names]}


def role(service: str, *statements: Json) -> Json:
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": services(service),
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }
    inline = [{"PolicyName": "own", "PolicyDocument": policy(*statements)}] if statements else []
    return resource("IAM::Role", AssumeRolePolicyDocument=policy(trust), Policies=inline)


def key(*names: str) -> Json:
    """A key that leaves itself to the account's policies, and lets some services use it."""
    root = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    own = allow(["kms:Decrypt", "kms:GenerateDataKey*"], Principal=services(*names))
    statements = [allow("kms:*", Principal=root), *([own] if names else [])]
    return resource("KMS::Key", KeyPolicy=policy(*statements))


def log_group(**properties: Any) -> Json:
    return resource("Logs::LogGroup", RetentionInDays=30, **properties)


def function(own_role: str = "Role", group: str = "Group", **properties: Any) -> Json:
    return resource(
        "Lambda::Function",
        Code={"ZipFile": "pass"},
        Role=arn(own_role),
        LoggingConfig={"LogGroup": ref(group)},
        **properties,
    )


def machine(definition: object, **properties: Any) -> Json:
    """A state machine; references in its definition are resolved."""
    log = {"CloudWatchLogsLogGroup": {"LogGroupArn": arn("Group")}}
    return resource(
        "StepFunctions::StateMachine",
        RoleArn=arn("Role"),
        Definition=definition,
        LoggingConfiguration={"Level": "ERROR", "Destinations": [log]},
        **properties,
    )


def task(call: str, **request: Any) -> Json:
    """The definition of a machine of one task."""
    state = {"Type": "Task", "Resource": call, "Parameters": request, "End": True}
    return {"StartAt": "Do", "States": {"Do": state}}


LOG_DELIVERY = allow(
    [
        f"logs:{name}"
        for name in (
            "CreateLogDelivery",
            "GetLogDelivery",
            "UpdateLogDelivery",
            "DeleteLogDelivery",
            "ListLogDeliveries",
            "PutResourcePolicy",
            "DescribeResourcePolicies",
            "DescribeLogGroups",
        )
    ]
)
WRITES_LOGS = allow(["logs:CreateLogStream", "logs:PutLogEvents"])
