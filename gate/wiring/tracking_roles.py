"""MLflow may keep its artefacts."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import text
from gate.wiring.permissions import permissions_of
from gate.wiring.targets import object_arn

_SERVERS = ("AWS::SageMaker::MlflowApp", "AWS::SageMaker::MlflowTrackingServer")


def servers_may_keep_artefacts(assembly: Assembly) -> Iterator[Finding]:
    """A tracking server whose role may not use its artefact store."""
    permissions = permissions_of(assembly)
    for server in assembly.resources(*_SERVERS):
        uri, role = text(server.properties, "ArtifactStoreUri"), text(server.properties, "RoleArn")
        if not uri.startswith("s3://"):
            continue
        objects = f"{object_arn(uri).rstrip('/')}/*"
        whole = object_arn(uri).split("/", 1)[0]
        for action, arn in (
            ("s3:GetObject", objects),
            ("s3:PutObject", objects),
            ("s3:ListBucket", whole),
        ):
            if not permissions.may(role, action, arn):
                yield server.finding(
                    "wiring.tracking-role",
                    f"its artefacts are kept at {uri}, and its role is not let {action} on {arn}; "
                    "allow it",
                )


RULES = (servers_may_keep_artefacts,)
