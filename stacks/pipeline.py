"""Who may deploy this stage: one environment of one GitHub repository, without a stored secret."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from tidewatch.core.config.foundation import Github

_ISSUER = "token.actions.githubusercontent.com"
_AUDIENCE = "sts.amazonaws.com"
_BOOTSTRAPPED = ("deploy", "file-publishing")
"""What a deployment does, it does as these roles of `cdk bootstrap`; images it publishes none."""


class Pipeline(cdk.Stack):
    """The role that `.github/workflows/deploy.yml` takes for one stage.

    Deployed once by hand; from then on the workflow deploys the stage, this stack included.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: str,
        github: Github,
    ) -> None:
        super().__init__(scope, construct_id)
        provider_arn = github.provider_arn or self._provider()
        role = iam.Role(
            self,
            "Deployer",
            description=f"Deploys stage {stage} from {github.repository}",
            max_session_duration=cdk.Duration.hours(2),
            assumed_by=iam.WebIdentityPrincipal(
                provider_arn,
                {
                    "StringEquals": {
                        f"{_ISSUER}:aud": _AUDIENCE,
                        f"{_ISSUER}:sub": (
                            f"repo:{github.repository}:environment:{github.environment}"
                        ),
                    }
                },
            ),
        )
        qualifier = cdk.DefaultStackSynthesizer.DEFAULT_QUALIFIER
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["sts:AssumeRole"],
                resources=[
                    self.format_arn(
                        service="iam",
                        region="",
                        resource="role",
                        resource_name=(f"cdk-{qualifier}-{name}-role-{self.account}-{self.region}"),
                    )
                    for name in _BOOTSTRAPPED
                ],
            )
        )
        # The CLI asks for the bootstrap's version before anything else.
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["ssm:GetParameter"],
                resources=[
                    self.format_arn(
                        service="ssm",
                        resource="parameter",
                        resource_name=f"cdk-bootstrap/{qualifier}/version",
                    )
                ],
            )
        )
        cdk.CfnOutput(self, "DeployerArn", value=role.role_arn)

    def _provider(self) -> str:
        provider = iam.CfnOIDCProvider(
            self, "Provider", url=f"https://{_ISSUER}", client_id_list=[_AUDIENCE]
        )
        return provider.attr_arn
