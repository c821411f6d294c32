"""`AWS::SecretsManager::ResourcePolicy`: who may read a secret, besides identity policies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from localcloud.clients import root_client
from localcloud.cloudformation.handler import Created, Handler, Properties, Resource


@dataclass(frozen=True)
class SecretPolicy:
    """The life of a secret's resource policy. `Ref` is the secret's ARN."""

    def create(self, resource: Resource) -> Created:
        """Put the policy."""
        answer = _client().put_resource_policy(
            SecretId=resource.properties["SecretId"],
            ResourcePolicy=json.dumps(resource.properties["ResourcePolicy"]),
        )
        return Created(str(answer["ARN"]), {"Id": str(answer["ARN"])})

    def update(self, resource: Resource, previous: Properties, physical_id: str) -> Created | None:
        """Put the changed policy; another secret is another resource."""
        del physical_id
        if previous["SecretId"] != resource.properties["SecretId"]:
            return None
        return self.create(resource)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Remove the policy, where the secret is still there."""
        del properties
        client = _client()
        try:
            client.delete_resource_policy(SecretId=physical_id)
        except client.exceptions.ResourceNotFoundException:
            return


def _client() -> Any:
    return root_client("secretsmanager")


HANDLERS: dict[str, Handler] = {"AWS::SecretsManager::ResourcePolicy": SecretPolicy()}
