"""A cap on how many instances of a function run at a time."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_


def cap_functions(place: cdk.Stage, instances: int) -> None:
    """Reserve `instances` for every function of the stage that reserves no number of its own."""
    for construct in place.node.find_all():
        if isinstance(construct, lambda_.CfnFunction) and (
            construct.reserved_concurrent_executions is None
        ):
            construct.reserved_concurrent_executions = instances
