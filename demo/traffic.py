"""Replays a month of flights through the endpoint, and delivers their labels afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from demo.background_cloud import BackgroundCloud
from demo.deployment import Deployment
from demo.flights import Request

ROWS_PER_REQUEST = 25
_CLIENTS = 2


def replay(
    cloud: BackgroundCloud,
    deployment: Deployment,
    requests: Iterable[Request],
    on_request: Callable[[int], None],
) -> int:
    """Invoke the endpoint once a request, in order; returns the rows that were answered."""
    runtime = cloud.client("sagemaker-runtime")

    def send(request: Request) -> int:
        answer = runtime.invoke_endpoint(
            EndpointName=deployment.endpoint,
            ContentType="text/csv",
            Accept="text/csv",
            InferenceId=request.inference_id,
            Body=request.body,
        )
        rows = len(answer["Body"].read().splitlines())
        on_request(rows)
        return rows

    with ThreadPoolExecutor(_CLIENTS) as clients:
        return sum(clients.map(send, requests))


def deliver_labels(
    cloud: BackgroundCloud, deployment: Deployment, model: str, requests: Iterable[Request]
) -> int:
    """Put the truth about `requests` into S3 as SageMaker's ground truth; returns its rows."""
    lines = [line for request in requests for line in _ground_truth(request)]
    now = datetime.now(UTC)
    s3: Any = cloud.client("s3")
    s3.put_object(
        Bucket=deployment.bucket("capture"),
        Key=f"labels/{model}/{now:%Y/%m/%d/%H}/{now:%M-%S-%f}.jsonl",
        Body="\n".join(lines).encode(),
    )
    return len(lines)


def _ground_truth(request: Request) -> Iterable[str]:
    several = len(request.labels) > 1
    for row, label in enumerate(request.labels):
        row_id = f"{request.inference_id}#{row}" if several else request.inference_id
        yield json.dumps(
            {
                "groundTruthData": {"data": f"{label:g}", "encoding": "CSV"},
                "eventMetadata": {"eventId": row_id},
                "eventVersion": "0",
            }
        )
