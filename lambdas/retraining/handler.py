"""Answers a critical verdict: starts training on newer data, or says why not."""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from tidewatch.core.lifecycle.retraining import Newest, decide_retraining
from tidewatch.core.window import Window

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Decide on the verdict in `event["detail"]`; at most one run a version and day is started."""
    detail = event["detail"]
    window = Window(
        datetime.fromisoformat(detail["window"]["start"]),
        datetime.fromisoformat(detail["window"]["end"]),
    )
    decision = decide_retraining(
        window,
        version=detail["version"],
        newest=_newest(os.environ["MODEL_PACKAGE_GROUP"]),
        min_new_data=timedelta(seconds=float(os.environ["MIN_NEW_DATA_SECONDS"])),
        running=_is_running(os.environ["TRAINING_MACHINE_ARN"]),
    )
    started = ""
    if decision.train_end is not None:
        started = _start(detail["version"], decision.train_end, decision.reason)
    logger.info("%s: %s", started or "no retraining", decision.reason)
    return {"started": started, "reason": decision.reason}


def _newest(group: str) -> Newest | None:
    """The newest version of the group that was not rejected."""
    sagemaker = boto3.client("sagemaker")
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group, SortBy="CreationTime", SortOrder="Descending"
    )
    for page in pages:
        for package in page["ModelPackageSummaryList"]:
            if package["ModelApprovalStatus"] != "Rejected":
                return _as_newest(sagemaker, package["ModelPackageArn"])
    return None


def _as_newest(sagemaker: Any, package_arn: str) -> Newest:
    package = sagemaker.describe_model_package(ModelPackageName=package_arn)
    metadata = package["CustomerMetadataProperties"]
    return Newest(
        version=str(package["ModelPackageVersion"]),
        trained_until=datetime.fromisoformat(metadata["train_end"]),
    )


def _is_running(machine_arn: str) -> bool:
    page = boto3.client("stepfunctions").list_executions(
        stateMachineArn=machine_arn, statusFilter="RUNNING", maxResults=1
    )
    return bool(page["executions"])


def _start(version: str, train_end: datetime, reason: str) -> str:
    """Start training; many verdicts on one version, at once or in a row, start one run a day."""
    states = boto3.client("stepfunctions")
    name = f"retrain-version-{version}-{datetime.now(UTC):%Y%m%d}"
    try:
        execution = states.start_execution(
            stateMachineArn=os.environ["TRAINING_MACHINE_ARN"],
            name=name,
            input=json.dumps({"train_end": train_end.isoformat(), "reason": reason}),
        )
    except states.exceptions.ExecutionAlreadyExists:
        return f"{name} (started before)"
    return str(execution["executionArn"])
