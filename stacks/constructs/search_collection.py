"""Verdicts in an OpenSearch Serverless collection."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_opensearchserverless as serverless
from constructs import Construct

from stacks.constructs.private_network import PrivateNetwork
from stacks.constructs.search_group import SearchGroup
from tidewatch.core.config import StageConfig

_INDICES = "tidewatch-verdicts-*"
_PREPARE = ("aoss:CreateCollectionItems", "aoss:UpdateCollectionItems")
_WRITE = ("aoss:CreateIndex", "aoss:DescribeIndex", "aoss:WriteDocument")
_READ = ("aoss:DescribeIndex", "aoss:ReadDocument")
_EXPIRE = ("aoss:DescribeIndex", "aoss:DeleteIndex")


class SearchCollection(Construct):
    """A `SearchBackend`.

    Of type SEARCH: a time series collection makes up the ids of documents, and could not tell a
    verdict from its double. The price is that no lifecycle policy applies; a function deletes old
    indices instead.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageConfig,
        key: kms.IKey,
        private: PrivateNetwork | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._name = f"tidewatch-{stage.name}"
        self._collection = serverless.CfnCollection(
            self,
            "Collection",
            name=self._name,
            type="SEARCH",
            standby_replicas="ENABLED" if stage.protected else "DISABLED",
        )
        self._collection.apply_removal_policy(
            cdk.RemovalPolicy.RETAIN if stage.protected else cdk.RemovalPolicy.DESTROY
        )
        self._collection.add_resource_dependency(self._encryption(key))
        self._collection.add_resource_dependency(self._network(private))
        self.service = "aoss"
        self.url = self._collection.attr_collection_endpoint

    def may_prepare(self, role: iam.IRole) -> None:
        """See `SearchBackend`. Templates belong to the collection, not to an index."""
        self._let_in(role, "prepare", "collection", self._name, _PREPARE)

    def may_write(self, role: iam.IRole) -> None:
        """See `SearchBackend`."""
        self._let_in(role, "write", "index", f"{self._name}/{_INDICES}", _WRITE)

    def may_read(self, role: iam.IRole) -> None:
        """See `SearchBackend`."""
        self._let_in(role, "read", "index", f"{self._name}/{_INDICES}", _READ)

    def may_expire(self, role: iam.IRole) -> None:
        """Let a role delete the indices of verdicts."""
        self._let_in(role, "expire", "index", f"{self._name}/{_INDICES}", _EXPIRE)

    def _let_in(
        self, role: iam.IRole, what: str, kind: str, name: str, allowed: tuple[str, ...]
    ) -> None:
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["aoss:APIAccessAll"], resources=[self._collection.attr_arn]
            )
        )
        rule = {**_resource(kind, name), "Permission": list(allowed)}
        serverless.CfnAccessPolicy(
            self,
            what.capitalize(),
            name=f"{self._name}-{what}",
            type="data",
            policy=cdk.Stack.of(self).to_json_string(
                [{"Rules": [rule], "Principal": [role.role_arn]}]
            ),
        )

    def _encryption(self, key: kms.IKey) -> serverless.CfnSecurityPolicy:
        return serverless.CfnSecurityPolicy(
            self,
            "Encryption",
            name=f"{self._name}-key",
            type="encryption",
            policy=cdk.Stack.of(self).to_json_string(
                {
                    "Rules": [_resource("collection", self._name)],
                    "AWSOwnedKey": False,
                    "KmsARN": key.key_arn,
                }
            ),
        )

    def _network(self, private: PrivateNetwork | None) -> serverless.CfnSecurityPolicy:
        """Who may reach it: the VPC's endpoint where there is one, else signed requests."""
        rules = [_resource("collection", self._name), _resource("dashboard", self._name)]
        policy: dict[str, Any] = {"Rules": rules, "AllowFromPublic": private is None}
        if private is not None:
            policy["SourceVPCEs"] = [self._endpoint(private).attr_id]
        return serverless.CfnSecurityPolicy(
            self,
            "Network",
            name=f"{self._name}-network",
            type="network",
            policy=cdk.Stack.of(self).to_json_string([policy]),
        )

    def _endpoint(self, private: PrivateNetwork) -> serverless.CfnVpcEndpoint:
        group = SearchGroup(
            self,
            "Group",
            private=private,
            description="OpenSearch Serverless, for functions of the platform",
        )
        return serverless.CfnVpcEndpoint(
            self,
            "Endpoint",
            name=self._name,
            vpc_id=private.vpc.vpc_id,
            subnet_ids=[subnet.subnet_id for subnet in private.subnets],
            security_group_ids=[group.security_group_id],
        )


def _resource(kind: str, name: str) -> dict[str, Any]:
    # A dashboard is named as its collection.
    prefix = "index" if kind == "index" else "collection"
    return {"ResourceType": kind, "Resource": [f"{prefix}/{name}"]}
