"""A bucket as every one of ours is: encrypted, versioned, TLS only, closed to the public."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

_OLD_VERSIONS_KEPT = cdk.Duration.days(30)


class DataBucket(s3.Bucket):
    """A bucket under the stage's key.

    `expire_after` deletes objects of that age; `protected` keeps the bucket when its stack goes.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        protected: bool,
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
            removal_policy=cdk.RemovalPolicy.RETAIN if protected else cdk.RemovalPolicy.DESTROY,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=expire_after,
                    noncurrent_version_expiration=_OLD_VERSIONS_KEPT,
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                )
            ],
        )
