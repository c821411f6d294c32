"""Small assemblies for the rules on policies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gate.assembly import Assembly

Json = dict[str, Any]


def assembly(folder: Path, resources: Mapping[str, Any], stack: str = "stack") -> Assembly:
    """An assembly of one stack."""
    document = json.dumps({"Resources": resources})
    (folder / f"{stack}.template.json").write_text(document, encoding="utf-8")
    return Assembly.read(folder)


def allow(actions: str | list[str], resources: Any = "*", **more: Any) -> Json:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def document(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(principal: Any, **more: Any) -> Json:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


def role(*statements: Json, assumed_by: Json | None = None, **properties: Any) -> Json:
    """A role with its statements inline; Lambda assumes it unless told otherwise."""
    who = assumed_by or trust({"Service": "lambda.amazonaws.com"})
    policies = [{"PolicyName": "it", "PolicyDocument": document(*statements)}] if statements else []
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": document(who),
            "Policies": policies,
            **properties,
        },
    }


def policy(role_id: str, *statements: Json, kind: str = "AWS::IAM::Policy") -> Json:
    """A policy of its own, attached to a role."""
    return {
        "Type": kind,
        "Properties": {
            "PolicyName": "it",
            "Roles": [{"Ref": role_id}],
            "PolicyDocument": document(*statements),
        },
    }
