"""What it all came to: gathered from the platform, shown, and written to `summary.json`."""

from __future__ import annotations

import json
import time
import urllib.request
from datetime import UTC, datetime
from typing import Any

from demo.background_cloud import BackgroundCloud
from demo.comparison import compare_variants
from demo.deployment import Deployment
from demo.facts import Facts
from demo.findings import findings
from demo.history import History
from demo.narrator import Narrator
from demo.places import Places
from demo.report_page import fetch_report
from demo.summary_table import summary_table
from demo.versions import versions

_MODEL = "flights"
_ALERT_SECONDS = 60.0
_POLL_SECONDS = 0.5


def conclude(
    places: Places,
    cloud: BackgroundCloud,
    deployment: Deployment,
    narrator: Narrator,
    facts: Facts,
) -> int:
    """Gather, write and show the summary; the exit code is 0 when the loop really closed."""
    with narrator.step("Wait for the alerts to arrive") as step:
        messages = _alerts(cloud)
        step.result(f"{len(messages)} messages in the inbox")
    history = History(cloud, deployment)
    summary: dict[str, Any] = {
        "started_at": facts.started_at.isoformat(),
        "seconds": round((datetime.now(UTC) - facts.started_at).total_seconds(), 1),
        "peak_memory_mb": facts.peak_memory_mb,
        "steps": narrator.seconds,
        "deployed": _deployed(cloud, deployment),
        "trained": _trained(cloud, facts),
        "waiting": _waiting(cloud),
        "served": {
            "requests": facts.requests,
            "rows": facts.rows,
            "labels": facts.labels,
            "seconds": round(facts.serving_seconds, 1),
        },
        **findings(history, _MODEL),
        "alerted": _alerted(messages),
        "compared": compare_variants(history, _MODEL),
        "not_emulated": _get(cloud, "not-emulated"),
        "addresses": {
            **{name: url for name, url in _get(cloud, "services").items() if url},
            "report": fetch_report(places, cloud, deployment, _MODEL),
        },
    }
    places.summary.write_text(json.dumps(summary, indent=2, default=str))
    narrator.console.print()
    narrator.console.print(summary_table(summary))
    narrator.console.print(f"The same as JSON: {places.summary.relative_to(places.project)}")
    return 0 if _closed(summary) else 1


def _closed(summary: dict[str, Any]) -> bool:
    retrained = [run for run in summary["trained"] if run["reason"] != "first version"]
    return bool(summary["alerted"]["critical"] and retrained and summary["compared"])


def _deployed(cloud: BackgroundCloud, deployment: Deployment) -> dict[str, Any]:
    cloudformation = cloud.client("cloudformation")
    kinds = [
        resource["ResourceType"]
        for stack in deployment.stacks
        for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        for resource in page["StackResourceSummaries"]
    ]
    return {"stacks": deployment.stacks, "resources": len(kinds), "types": len(set(kinds))}


def _trained(cloud: BackgroundCloud, facts: Facts) -> list[dict[str, Any]]:
    known = {version.metadata.get("run_id"): version for version in versions(cloud, _MODEL)}
    sagemaker = cloud.client("sagemaker")
    runs = []
    for run in facts.training_runs:
        version = known[str(run["run_id"])]
        tuning = sagemaker.describe_hyper_parameter_tuning_job(
            HyperParameterTuningJobName=run["tuning_job"]
        )
        runs.append(
            {
                **run,
                "version": version.number,
                "trials": tuning["TrainingJobStatusCounters"]["Completed"],
                "roc_auc": float(version.metadata["roc_auc"]),
                "train_start": version.metadata["train_start"],
                "train_end": version.metadata["train_end"],
                "approval": version.approval,
            }
        )
    return runs


def _waiting(cloud: BackgroundCloud) -> list[dict[str, Any]]:
    """The versions that the platform trained besides, and that nobody has approved yet."""
    return [
        {"version": version.number, "train_end": version.metadata["train_end"]}
        for version in versions(cloud, _MODEL)
        if version.approval == "PendingManualApproval"
    ]


def _alerts(cloud: BackgroundCloud) -> list[dict[str, Any]]:
    """The inbox, once a critical alert has reached it (or has had its time to)."""
    inbox = _get(cloud, "services")["inbox"]
    deadline = time.monotonic() + _ALERT_SECONDS
    while True:
        messages: list[dict[str, Any]] = _read(f"{inbox}/messages")
        if _criticals(messages) or time.monotonic() > deadline:
            return messages
        time.sleep(_POLL_SECONDS)


def _alerted(messages: list[dict[str, Any]]) -> dict[str, Any]:
    channels: dict[str, int] = {}
    for message in messages:
        channels[message["channel"]] = channels.get(message["channel"], 0) + 1
    criticals = _criticals(messages)
    return {"critical": len(criticals), "channels": channels, "first": criticals[:1]}


def _criticals(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [message for message in messages if message["severity"] == "critical"]


def _get(cloud: BackgroundCloud, page: str) -> Any:
    return _read(f"{cloud.url}/_localcloud/{page}")


def _read(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own loopback address
        return json.load(answer)
