"""A bucket as every one of ours is: encrypted, versioned, TLS only, closed to the public."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.constructs.access_log_bucket import AccessLogBucket
from tidewatch.core.config import StageConfig


class DataBucket(s3.Bucket):
    """A bucket under the stage's key, whose requests are logged.

    `expire_after` deletes objects of that age. A protected stage's bucket outlives its stack.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageConfig,
        key: kms.IKey,
        access_logs: AccessLogBucket,
        expire_after: cdk.Duration | None = None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            versioned=True,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=cdk.RemovalPolicy.RETAIN
            if stage.protected
            else cdk.RemovalPolicy.DESTROY,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=expire_after,
                    noncurrent_version_expiration=cdk.Duration.days(
                        stage.retention.old_versions.days
                    ),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                )
            ],
        )
        access_logs.receive_from(self, construct_id.lower())
