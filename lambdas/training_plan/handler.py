"""First state of the training machine: turns a request into a plan with times and an id."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta

import boto3

from tidewatch.core.lifecycle.training_plan import plan_training
from tidewatch.core.lifecycle.turn import Running, is_turn_of


def handler(event: dict[str, object], _context: object) -> dict[str, object]:
    """The plan for `event["request"]`, as strings that later states use, and whether it may start.

    `its_turn` is False while runs that were started before are as many as may go on at once.
    """
    request = event["request"]
    if not isinstance(request, dict):
        raise TypeError(f"request: found {type(request).__name__}, expected an object")
    execution = str(event["execution_id"])
    plan = plan_training(
        request,
        execution_id=execution,
        now=datetime.fromisoformat(str(event["started_at"])),
        span=timedelta(seconds=float(os.environ["SPAN_SECONDS"])),
    )
    running = _running(str(event["machine"]))
    return {
        "run_id": plan.run_id,
        "train_start": plan.span.start.isoformat(),
        "train_end": plan.span.end.isoformat(),
        "reason": plan.reason,
        "its_turn": is_turn_of(execution, running, int(os.environ["CONCURRENT_RUNS"])),
    }


def _running(machine_arn: str) -> Iterator[Running]:
    pages = (
        boto3.client("stepfunctions")
        .get_paginator("list_executions")
        .paginate(stateMachineArn=machine_arn, statusFilter="RUNNING")
    )
    for page in pages:
        for execution in page["executions"]:
            yield Running(execution["startDate"], execution["executionArn"])
