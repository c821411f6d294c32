"""Where in the buckets of an assembly its roles may write, as their policies spell it out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gate.assembly import Assembly, Resource
from gate.reading import texts
from gate.wiring.permissions import permissions_of
from gate.wiring.policies import names_action

_BUCKET = "AWS::S3::Bucket"
_OBJECTS = "arn:aws:s3:::"


@dataclass(frozen=True)
class Place:
    """`role` may write the objects of `bucket` whose keys start with `prefix`."""

    role: Resource
    bucket: Resource
    prefix: str


def places(assembly: Assembly) -> Iterator[Place]:
    """Every place in a bucket of the assembly that a role of it is told to write in."""
    permissions = permissions_of(assembly)
    for role in assembly.resources("AWS::IAM::Role"):
        for statement in permissions.statements(role):
            if statement.get("Effect") != "Allow" or not names_action(statement, "s3:PutObject"):
                continue
            for arn in texts(statement.get("Resource")):
                key = arn.removeprefix(_OBJECTS).partition("/")
                bucket = assembly.at(key[0], _BUCKET)
                if arn.startswith(_OBJECTS) and key[1] and bucket is not None:
                    yield Place(role, bucket, key[2].partition("*")[0].partition("${")[0])
