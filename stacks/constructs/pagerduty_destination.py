"""PagerDuty as a target of EventBridge rules."""

from __future__ import annotations

from aws_cdk import aws_events as events
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

_EVENTS_API = "https://events.pagerduty.com/v2/enqueue"
_EVENTS_PER_SECOND = 5


class PagerDutyDestination(events.ApiDestination):
    """PagerDuty's Events API v2, called with the routing key that a secret holds.

    EventBridge keeps a copy of the key with the connection. CloudFormation makes the copy when it
    changes the connection, so another `key_generation` is what takes a changed key over.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        secret: secretsmanager.ISecret,
        key_generation: int,
    ) -> None:
        routing_key = secret.secret_value_from_json("routing_key")
        connection = events.Connection(
            scope,
            f"{construct_id}Connection",
            description=f"PagerDuty's Events API; routing key of generation {key_generation}",
            # A connection must authorise itself somehow; PagerDuty reads the key from the body.
            authorization=events.Authorization.api_key("X-Routing-Key", routing_key),
            body_parameters={"routing_key": events.HttpParameter.from_secret(routing_key)},
        )
        super().__init__(
            scope,
            construct_id,
            connection=connection,
            endpoint=_EVENTS_API,
            http_method=events.HttpMethod.POST,
            rate_limit_per_second=_EVENTS_PER_SECOND,
        )
