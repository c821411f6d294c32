"""What a Grafana workspace shows, put there while the stack is deployed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_grafana as grafana
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from stacks.constructs.platform_function import PlatformFunction

_PATIENCE = cdk.Duration.minutes(15)


class GrafanaContent(Construct):
    """Dashboards as an asset, data sources as properties, and the function that provides both.

    The function makes itself a service account with a token for as long as it runs.
    """

    def __init__(  # noqa: PLR0913 - a workspace and the four kinds of things in it
        self,
        scope: Construct,
        construct_id: str,
        *,
        workspace: grafana.CfnWorkspace,
        sources: Sequence[dict[str, Any]],
        plugins: Sequence[str],
        dashboards: Sequence[dict[str, Any]],
        log_retention: logs.RetentionDays,
    ) -> None:
        super().__init__(scope, construct_id)
        document = self._asset(dashboards)
        function = PlatformFunction(
            self,
            "Provide",
            unit="grafana_content",
            environment={},
            log_retention=log_retention,
            timeout=_PATIENCE,
        )
        self._allow(function, workspace, document)
        stack = cdk.Stack.of(self)
        cdk.CustomResource(
            self,
            "Provided",
            resource_type="Custom::GrafanaContent",
            service_token=function.function_arn,
            service_timeout=cdk.Duration.minutes(16),
            properties={
                "WorkspaceId": workspace.attr_id,
                "Url": f"https://{workspace.attr_endpoint}",
                "Plugins": list(plugins),
                "DataSources": [stack.to_json_string(source) for source in sources],
                "Bucket": document.s3_bucket_name,
                "BucketOwner": stack.account,
                "Key": document.s3_object_key,
                # Another content is another property, and so a reason to run.
                "ContentHash": document.asset_hash,
            },
        )

    def _asset(self, dashboards: Sequence[dict[str, Any]]) -> assets.Asset:
        app = self.node.root
        if not isinstance(app, cdk.App):
            raise TypeError(f"{self.node.path} stands in {app!r}; expected an app as its root")
        file = Path(app.outdir) / "grafana" / f"{cdk.Names.unique_id(self)}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(dashboards, sort_keys=True), encoding="utf-8")
        return assets.Asset(self, "Dashboards", path=str(file))

    def _allow(
        self, function: PlatformFunction, workspace: grafana.CfnWorkspace, document: assets.Asset
    ) -> None:
        stack = cdk.Stack.of(self)
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=[
                    "grafana:CreateWorkspaceServiceAccount",
                    "grafana:CreateWorkspaceServiceAccountToken",
                    "grafana:DeleteWorkspaceServiceAccount",
                    "grafana:DeleteWorkspaceServiceAccountToken",
                ],
                resources=[
                    stack.format_arn(
                        service="grafana",
                        resource="/workspaces",
                        resource_name=workspace.attr_id,
                    )
                ],
            )
        )
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["s3:GetObject"],
                resources=[document.bucket.arn_for_objects(document.s3_object_key)],
            )
        )
