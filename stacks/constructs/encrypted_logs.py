"""Logs are encrypted like all that the stage keeps."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs


def encrypt_logs(place: cdk.Stage, key: kms.IKey) -> None:
    """Put every log group of the stage that names no key of its own under `key`."""
    for construct in place.node.find_all():
        if isinstance(construct, logs.CfnLogGroup) and construct.kms_key_id is None:
            construct.kms_key_id = key.key_arn
