"""Verdicts in an OpenSearch domain: encrypted, TLS only, in the VPC where there is one."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_opensearchservice as opensearch
from constructs import Construct

from stacks.constructs.log_retention import log_retention
from stacks.constructs.private_network import PrivateNetwork
from stacks.constructs.search_group import SearchGroup
from tidewatch.core.config import StageConfig
from tidewatch.core.config.observability import OpenSearch

_ENGINE = "OpenSearch_2.19"
_LOGS = ("ES_APPLICATION_LOGS", "SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS")
_MOST_ZONES = 2
_INDICES = "tidewatch-verdicts"


class SearchDomain(Construct):
    """A `SearchBackend`. Nobody may do anything but the roles it lets in, with signed requests."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageConfig,
        size: OpenSearch,
        key: kms.IKey,
        private: PrivateNetwork | None,
    ) -> None:
        super().__init__(scope, construct_id)
        published, allowed = self._logs(stage, key)
        self._domain = opensearch.CfnDomain(
            self,
            "Domain",
            engine_version=_ENGINE,
            cluster_config=_cluster(size),
            ebs_options=opensearch.CfnDomain.EBSOptionsProperty(
                ebs_enabled=True, volume_type="gp3", volume_size=size.volume_gb
            ),
            encryption_at_rest_options=opensearch.CfnDomain.EncryptionAtRestOptionsProperty(
                enabled=True, kms_key_id=key.key_id
            ),
            node_to_node_encryption_options=(
                opensearch.CfnDomain.NodeToNodeEncryptionOptionsProperty(enabled=True)
            ),
            domain_endpoint_options=opensearch.CfnDomain.DomainEndpointOptionsProperty(
                enforce_https=True, tls_security_policy="Policy-Min-TLS-1-2-PFS-2023-10"
            ),
            vpc_options=self._network(private, size) if private else None,
            log_publishing_options=published,
            software_update_options=opensearch.CfnDomain.SoftwareUpdateOptionsProperty(
                auto_software_update_enabled=True
            ),
        )
        self._domain.node.add_dependency(allowed)
        # What it holds is also in the history's tables, but an operator may have saved searches.
        self._domain.apply_removal_policy(
            cdk.RemovalPolicy.RETAIN if stage.protected else cdk.RemovalPolicy.DESTROY
        )
        self.service = "es"
        self.url = f"https://{self._domain.attr_domain_endpoint}"

    def may_prepare(self, role: iam.IRole) -> None:
        """See `SearchBackend`."""
        self._allow(role, ["es:ESHttpPut"], f"_index_template/{_INDICES}")
        self._allow(role, ["es:ESHttpGet", "es:ESHttpPut"], f"_plugins/_ism/policies/{_INDICES}")

    def may_write(self, role: iam.IRole) -> None:
        """See `SearchBackend`."""
        self._allow(role, ["es:ESHttpPost"], "_bulk")

    def may_read(self, role: iam.IRole) -> None:
        """See `SearchBackend`."""
        self._allow(role, ["es:ESHttpGet"], "")
        self._allow(role, ["es:ESHttpGet"], f"{_INDICES}*")
        self._allow(role, ["es:ESHttpPost"], "_msearch")

    def _allow(self, role: iam.IRole, actions: list[str], path: str) -> None:
        role.add_to_principal_policy(
            iam.PolicyStatement(actions=actions, resources=[f"{self._domain.attr_arn}/{path}"])
        )

    def _network(
        self, private: PrivateNetwork, size: OpenSearch
    ) -> opensearch.CfnDomain.VPCOptionsProperty:
        group = SearchGroup(
            self,
            "Group",
            private=private,
            description="OpenSearch, for functions of the platform",
        )
        subnets = private.subnets[: min(size.instance_count, _MOST_ZONES)]
        return opensearch.CfnDomain.VPCOptionsProperty(
            security_group_ids=[group.security_group_id],
            subnet_ids=[subnet.subnet_id for subnet in subnets],
        )

    def _logs(
        self, stage: StageConfig, key: kms.IKey
    ) -> tuple[dict[str, opensearch.CfnDomain.LogPublishingOptionProperty], logs.ResourcePolicy]:
        group = logs.LogGroup(
            self,
            "Log",
            encryption_key=key,
            retention=log_retention(stage),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        option = opensearch.CfnDomain.LogPublishingOptionProperty(
            enabled=True, cloud_watch_logs_log_group_arn=group.log_group_arn
        )
        allowed = logs.ResourcePolicy(
            self,
            "MayLog",
            policy_statements=[
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal("es.amazonaws.com")],
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[group.log_group_arn],
                    conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
                )
            ],
        )
        return dict.fromkeys(_LOGS, option), allowed


def _cluster(size: OpenSearch) -> opensearch.CfnDomain.ClusterConfigProperty:
    zones = size.instance_count > 1
    return opensearch.CfnDomain.ClusterConfigProperty(
        instance_type=size.instance_type,
        instance_count=size.instance_count,
        zone_awareness_enabled=zones,
        zone_awareness_config=(
            opensearch.CfnDomain.ZoneAwarenessConfigProperty(availability_zone_count=_MOST_ZONES)
            if zones
            else None
        ),
    )
