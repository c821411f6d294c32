"""MLflow may keep its artefacts, and touches nobody else's."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import text
from gate.wiring.permissions import permissions_of
from gate.wiring.targets import object_arn
from gate.wiring.written_places import places

_SERVERS = ("AWS::SageMaker::MlflowApp", "AWS::SageMaker::MlflowTrackingServer")
_ANY = "any-object"


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


def servers_leave_others_alone(assembly: Assembly) -> Iterator[Finding]:
    """A tracking server whose role may change what others keep beside its artefact store."""
    permissions = permissions_of(assembly)
    written = list(places(assembly))
    for server in assembly.resources(*_SERVERS):
        uri = text(server.properties, "ArtifactStoreUri")
        own = permissions.role_at(server.properties.get("RoleArn"))
        bucket = assembly.at(uri, "AWS::S3::Bucket")
        prefix = f"{uri.removeprefix('s3://').partition('/')[2].strip('/')}/"
        others = sorted(
            place.prefix
            for place in written
            if place.bucket is bucket and place.role is not own and _is_beside(place.prefix, prefix)
        )
        if prefix == "/" or own is None or not permissions.is_known(own) or not others:
            continue
        arn = f"{object_arn(uri).split('/', 1)[0]}/{others[0]}{_ANY}"
        for action in ("s3:DeleteObject", "s3:PutObject"):
            if permissions.may(server.properties.get("RoleArn"), action, arn):
                yield server.finding(
                    "wiring.tracking-wide",
                    f"its artefacts are kept at {uri}, and its role is let {action} on what others "
                    f"keep beside them, such as {others[0]}; allow it below {prefix} only",
                )
                break


def _is_beside(one: str, other: str) -> bool:
    return one != "" and not one.startswith(other) and not other.startswith(one)


RULES = (servers_may_keep_artefacts, servers_leave_others_alone)
