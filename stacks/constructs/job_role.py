"""The role of one kind of SageMaker job or model: what all need, and grants in plain words."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.constructs.mlflow import Mlflow


class DataRole(iam.Role):
    """A role that one service assumes in this account only: use the stage's key, and data."""

    def __init__(self, scope: Construct, construct_id: str, *, service: str, key: kms.IKey) -> None:
        super().__init__(
            scope,
            construct_id,
            assumed_by=iam.ServicePrincipal(
                service, conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}}
            ),
        )
        self._allow(["kms:Decrypt", "kms:GenerateDataKey"], key.key_arn)

    def may_read(self, bucket: s3.IBucket, prefix: str) -> None:
        """Read and list the objects under `prefix`."""
        self._allow(["s3:GetObject"], bucket.arn_for_objects(f"{prefix}*"))
        self._may_list(bucket, prefix)

    def may_write(self, bucket: s3.IBucket, prefix: str) -> None:
        """Write objects under `prefix`."""
        self._allow(
            ["s3:PutObject", "s3:AbortMultipartUpload"], bucket.arn_for_objects(f"{prefix}*")
        )

    def _may_list(self, bucket: s3.IBucket, prefix: str) -> None:
        self.add_to_policy(
            iam.PolicyStatement(
                actions=["s3:ListBucket"],
                resources=[bucket.bucket_arn],
                conditions={"StringLike": {"s3:prefix": [f"{prefix}*"]}},
            )
        )

    def _allow(self, actions: list[str], resource: str) -> None:
        self.add_to_policy(iam.PolicyStatement(actions=actions, resources=[resource]))


class JobRole(DataRole):
    """A role that SageMaker assumes in this account only: pull one image, write its own logs."""

    def __init__(
        self, scope: Construct, construct_id: str, *, image: ecr.IRepository, key: kms.IKey
    ) -> None:
        super().__init__(scope, construct_id, service="sagemaker.amazonaws.com", key=key)
        self._allow(
            [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
            ],
            image.repository_arn,
        )
        # GetAuthorizationToken has no resource to name.
        self._allow(["ecr:GetAuthorizationToken"], "*")
        self._allow(
            [
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ],
            _arn(self, "logs", "log-group:/aws/sagemaker/*"),
        )

    def may_keep_tables(self, bucket: s3.IBucket, prefix: str) -> None:
        """Read and write the Delta table under `prefix`, or those, without removing rows."""
        self.may_read(bucket, prefix)
        self.may_write(bucket, prefix)
        # Delta removes entries of its log, never data, once a checkpoint has made them old.
        self._allow(["s3:DeleteObject"], bucket.arn_for_objects(f"{prefix}_delta_log/*"))

    def may_use_mlflow(self, mlflow: Mlflow) -> None:
        """Call the tracking API."""
        self._allow(list(mlflow.actions), mlflow.arn)

    def may_put_metrics(self, namespace: str) -> None:
        """Put CloudWatch metrics into `namespace` (PutMetricData has no resource to name)."""
        self.add_to_policy(
            iam.PolicyStatement(
                actions=["cloudwatch:PutMetricData"],
                resources=["*"],
                conditions={"StringEquals": {"cloudwatch:namespace": namespace}},
            )
        )

    def may_remote_write(self, workspace_arn: str) -> None:
        """Write series into an Amazon Managed Prometheus workspace."""
        self._allow(["aps:RemoteWrite"], workspace_arn)

    def may_put_events(self, source: str) -> None:
        """Put events of `source` on the default bus."""
        self.add_to_policy(
            iam.PolicyStatement(
                actions=["events:PutEvents"],
                resources=[_arn(self, "events", "event-bus/default")],
                conditions={"StringEquals": {"events:source": source}},
            )
        )

    def may_resolve_variants(self, endpoint: str, model: str) -> None:
        """Find the model, and so the version, behind each variant of an endpoint."""
        for action, resource in {
            "sagemaker:DescribeEndpoint": f"endpoint/{endpoint}",
            "sagemaker:DescribeEndpointConfig": f"endpoint-config/{model}-*",
            "sagemaker:DescribeModel": f"model/{model}-*",
        }.items():
            self._allow([action], _arn(self, "sagemaker", resource))

    def may_read_baselines(self, bucket: s3.IBucket, model: str) -> None:
        """Read what registration said of each version, and the files that it names."""
        self.may(["sagemaker:DescribeModelPackage"], f"model-package/{model}/*")
        self.may_read(bucket, f"{model}/runs/")

    def may(self, actions: list[str], resource: str) -> None:
        """Do `actions` on a SageMaker resource of this account, such as `model-package/m/*`."""
        self._allow(actions, _arn(self, "sagemaker", resource))


def _arn(scope: Construct, service: str, resource: str) -> str:
    kind, separator, name = _split(resource)
    return cdk.Stack.of(scope).format_arn(
        service=service, resource=kind, resource_name=name, arn_format=separator
    )


def _split(resource: str) -> tuple[str, cdk.ArnFormat, str]:
    if ":" in resource:
        kind, _, name = resource.partition(":")
        return kind, cdk.ArnFormat.COLON_RESOURCE_NAME, name
    kind, _, name = resource.partition("/")
    return kind, cdk.ArnFormat.SLASH_RESOURCE_NAME, name
