"""What holds state is kept or deleted on purpose, and kept where its stack is protected."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.posture.peers import odd_ones_out
from gate.reading import texts, within

STATEFUL = (
    "AWS::APS::Workspace",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::ECR::Repository",
    "AWS::EFS::FileSystem",
    "AWS::KMS::Key",
    "AWS::Kinesis::Stream",
    "AWS::OpenSearchService::Domain",
    "AWS::OpenSearchServerless::Collection",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SageMaker::FeatureGroup",
    "AWS::SageMaker::MlflowApp",
    "AWS::SageMaker::MlflowTrackingServer",
    "AWS::SageMaker::ModelPackageGroup",
    "AWS::SecretsManager::Secret",
)
_KEPT = ("Retain", "RetainExceptOnCreate", "Snapshot")


def on_purpose(assembly: Assembly) -> Iterator[Finding]:
    """Both policies are written, and say the same of deletion and of replacement."""
    for resource in assembly.resources(*STATEFUL):
        deletion = resource.attributes.get("DeletionPolicy")
        replacement = resource.attributes.get("UpdateReplacePolicy")
        if deletion is None or replacement is None:
            missing = "DeletionPolicy" if deletion is None else "UpdateReplacePolicy"
            yield resource.finding(
                "posture.retention-unsaid",
                f"{missing} is missing: say Retain, or Delete if its data may go",
            )
        elif _kept(deletion) != _kept(replacement):
            yield resource.finding(
                "posture.retention-differs",
                f"DeletionPolicy is {deletion} but UpdateReplacePolicy is {replacement}: "
                "a replacement loses what a deletion keeps, or the reverse; make them equal",
            )


def kept_where_protected(assembly: Assembly) -> Iterator[Finding]:
    """In a termination-protected stack, and in the stacks that stand on it, state is retained."""
    protected = protected_stacks(assembly)
    for resource in assembly.resources(*STATEFUL):
        if resource.stack in protected and not _retained(resource):
            yield resource.finding(
                "posture.retention-protected",
                "its stack, or one that it stands on, is termination-protected, but its data goes "
                "with it: set DeletionPolicy and UpdateReplacePolicy to Retain",
            )


def kept_as_its_peers(assembly: Assembly) -> Iterator[Finding]:
    """Where most stateful resources of a stack are retained, one that is not was forgotten."""
    stacks: dict[str, list[Resource]] = {}
    for resource in assembly.resources(*STATEFUL):
        stacks.setdefault(resource.stack, []).append(resource)
    for peers in stacks.values():
        for resource in odd_ones_out(peers, _retained):
            yield resource.finding(
                "posture.retention-odd",
                "most stateful resources of its stack are retained, and it is not: "
                "set DeletionPolicy and UpdateReplacePolicy to Retain",
            )


def protected_stacks(assembly: Assembly) -> set[str]:
    """Names of stacks that are termination-protected, or that depend on one that is."""
    protected: set[str] = set()
    folders = {template.path.parent for template in assembly.templates}
    for folder in folders:
        stacks = _stacks(folder / "manifest.json")
        for stack in stacks:
            if any(_is_protected(stacks[on]) for on in _stands_on(stack, stacks)):
                name = within(stacks[stack], "properties.stackName")
                protected |= {stack, *texts(name)}
    return protected


def _stacks(manifest: Path) -> dict[str, Mapping[str, Any]]:
    try:
        artifacts = within(json.loads(manifest.read_text(encoding="utf-8")), "artifacts")
    except (OSError, ValueError):
        return {}  # a folder of templates without a manifest protects nothing
    if not isinstance(artifacts, Mapping):
        return {}
    return {
        name: artifact
        for name, artifact in artifacts.items()
        if within(artifact, "type") == "aws:cloudformation:stack"
    }


def _stands_on(stack: str, stacks: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The stack, and every stack that it depends on, directly or not."""
    found: set[str] = set()
    ahead = [stack]
    while ahead:
        name = ahead.pop()
        if name in stacks and name not in found:
            found.add(name)
            ahead += texts(stacks[name].get("dependencies"))
    return found


def _is_protected(stack: Mapping[str, Any]) -> bool:
    return within(stack, "properties.terminationProtection") is True


def _retained(resource: Resource) -> bool:
    return _kept(resource.attributes.get("DeletionPolicy")) and _kept(
        resource.attributes.get("UpdateReplacePolicy")
    )


def _kept(policy: object) -> bool:
    return policy in _KEPT


RULES: tuple[Rule, ...] = (on_purpose, kept_where_protected, kept_as_its_peers)
