"""The key of the volumes that SageMaker attaches."""

from __future__ import annotations

import re

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from stacks.constructs import state_language as asl

# Instances that bring their own, encrypted disks: m5d, c6gd, r7gd and alike, and accelerators.
# SageMaker refuses a key for them.
_LOCAL_STORAGE = re.compile(
    r"ml\.([a-z]+[0-9]+[a-z-]*d[a-z-]*|g4dn|g5|g6e?|p4de?|p5e?n?|trn[0-9]n?|inf2)\."
)


def volume_key(field: str, key: kms.IKey, instance_type: str) -> asl.Json:
    """The request's field for a volume's key; nothing where the instances have their own disks.

    >>> volume_key("VolumeKmsKeyId", None, "ml.m5d.large")
    {}
    """
    return {} if _LOCAL_STORAGE.match(instance_type) else {field: key.key_arn}


def may_encrypt_volumes(role: iam.Role, key: kms.IKey) -> None:
    """SageMaker encrypts an attached volume under a grant that this role makes for it."""
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["kms:CreateGrant"],
            resources=[key.key_arn],
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        )
    )
