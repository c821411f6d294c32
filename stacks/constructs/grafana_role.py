"""What a Grafana workspace may read."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_aps as aps
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.storage import Storage

_QUERY_RESULTS = "query-results/"


class GrafanaRole(iam.Role):
    """Assumed by Amazon Managed Grafana for workspaces of this account; may nothing at first."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        workspaces = cdk.Stack.of(scope).format_arn(
            service="grafana", resource="/workspaces", resource_name="*"
        )
        super().__init__(
            scope,
            construct_id,
            assumed_by=iam.ServicePrincipal(
                "grafana.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID},
                    "StringLike": {"aws:SourceArn": workspaces},
                },
            ),
        )

    def may_query_prometheus(self, workspace: aps.CfnWorkspace) -> None:
        """Read the series of one workspace."""
        self._allow(
            [
                "aps:QueryMetrics",
                "aps:GetLabels",
                "aps:GetSeries",
                "aps:GetMetricMetadata",
            ],
            workspace.attr_arn,
        )

    def may_read_cloudwatch(self) -> None:
        """Read metrics; these actions have no resource to name."""
        self._allow(["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"], "*")

    def may_query_history(self, storage: Storage) -> None:
        """Query the history's tables in the stage's workgroup, and write the results there."""
        stack = cdk.Stack.of(self)
        database = storage.catalog.database
        self._allow(
            [
                "athena:GetQueryExecution",
                "athena:GetQueryResults",
                "athena:GetWorkGroup",
                "athena:StartQueryExecution",
                "athena:StopQueryExecution",
            ],
            stack.format_arn(
                service="athena", resource="workgroup", resource_name=storage.workgroup.name
            ),
        )
        for resource in ("catalog", f"database/{database}", f"table/{database}/*"):
            self._allow(
                ["glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:GetPartitions"],
                f"arn:{cdk.Aws.PARTITION}:glue:{stack.region}:{stack.account}:{resource}",
            )
        self._allow(["s3:GetObject"], storage.history.arn_for_objects("*"))
        self._allow(["s3:ListBucket"], storage.history.bucket_arn)
        self._allow(
            ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"],
            storage.reports.arn_for_objects(f"{_QUERY_RESULTS}*"),
        )
        self._allow(["s3:GetBucketLocation"], storage.reports.bucket_arn)
        self._allow(["kms:Decrypt", "kms:GenerateDataKey"], storage.key.key_arn)

    def _allow(self, actions: list[str], resource: str) -> None:
        self.add_to_policy(iam.PolicyStatement(actions=actions, resources=[resource]))
