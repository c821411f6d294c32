"""Events that AWS services put on the default bus themselves."""

# ruff: noqa: SLF001 - private hooks of ministack and moto, each pinned by a contract test

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ministack.core import responses
from ministack.services import eventbridge

from localcloud.state import settings
from tidewatch.core.errors import Fault, TidewatchError

OK = 200


class EventError(TidewatchError):
    """The default bus refused an event."""


def emit(
    source: str, detail_type: str, detail: Mapping[str, Any], resources: Sequence[str]
) -> None:
    """Put a service's event (`aws.sagemaker`) on the default bus, from any thread.

    The public PutEvents refuses sources of AWS's own.
    """
    entry = {
        "Source": source,
        "DetailType": detail_type,
        "Detail": json.dumps(detail, default=str),
        "Resources": list(resources),
    }
    with responses.request_scope(settings().account, settings().region):
        status, _, body = eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
    if status != OK or json.loads(body)["FailedEntryCount"]:
        raise EventError(Fault(detail_type, str(body), "an accepted event", "see the answer"))
