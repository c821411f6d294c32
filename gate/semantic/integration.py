"""What the Resource of a task says: which service is called, how, and how its end is awaited."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session

from gate.semantic.service_model import operation

TOKEN = "waitForTaskToken"  # noqa: S105 - the name of a pattern
SYNC = "sync"

_RESOURCE = re.compile(r"arn:[a-z-]+:states:[a-z0-9-]*:\d*:([^.]+?)(?:\.(.+))?")
_SDK = "aws-sdk:"
_ONCE, _JOB, _TOKEN = ("",), ("", SYNC), ("", TOKEN)

# https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html: how each operation
# may be awaited. Those without an entry here that _OTHERS names are let through unread.
_OPTIMISED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "athena": {
        "startQueryExecution": _JOB,
        "stopQueryExecution": _ONCE,
        "getQueryExecution": _ONCE,
        "getQueryResults": _ONCE,
    },
    "batch": {"submitJob": (*_JOB, TOKEN)},
    "codebuild": {
        "startBuild": _JOB,
        "stopBuild": _ONCE,
        "batchDeleteBuilds": _ONCE,
        "batchGetReports": _ONCE,
        "startBuildBatch": _JOB,
        "stopBuildBatch": _ONCE,
        "retryBuildBatch": _JOB,
        "deleteBuildBatch": _ONCE,
    },
    "dynamodb": dict.fromkeys(("getItem", "putItem", "deleteItem", "updateItem"), _ONCE),
    "ecs": {"runTask": (*_JOB, TOKEN)},
    "emr-serverless": {
        "createApplication": _JOB,
        "startApplication": _JOB,
        "stopApplication": _JOB,
        "deleteApplication": _JOB,
        "startJobRun": _JOB,
        "cancelJobRun": _JOB,
    },
    "events": {"putEvents": _TOKEN},
    "glue": {"startJobRun": _JOB},
    "lambda": {"invoke": _TOKEN},
    "sagemaker": {
        "createEndpoint": _ONCE,
        "createEndpointConfig": _ONCE,
        "createHyperParameterTuningJob": _JOB,
        "createLabelingJob": _JOB,
        "createModel": _ONCE,
        "createProcessingJob": _JOB,
        "createTrainingJob": _JOB,
        "createTransformJob": _JOB,
        "updateEndpoint": _ONCE,
    },
    "sns": {"publish": _TOKEN},
    "sqs": {"sendMessage": _TOKEN},
    "states": {"startExecution": (*_JOB, "sync:2", TOKEN)},
}
_OTHERS = {
    "apigateway",
    "bedrock",
    "databrew",
    "eks",
    "elasticmapreduce",
    "emr-containers",
    "http",
    "mediaconvert",
}
_BOTOCORE_NAMES = {"states": "stepfunctions"}


@dataclass(frozen=True)
class Integration:
    """A call of a service by a task; `model` is botocore's of the operation, None if there is none.

    `pattern` is empty, `sync`, `sync:2` or `waitForTaskToken`. `optimised` integrations are Step
    Functions' own; all others go through the SDK.
    """

    service: str
    action: str
    pattern: str
    optimised: bool

    @property
    def model(self) -> Any:
        """The operation's service model."""
        if self.optimised:
            name: str | None = _BOTOCORE_NAMES.get(self.service, self.service)
        else:
            name = sdk_services().get(self.service)
        return None if name is None else operation(name, self.action)

    @property
    def is_checked(self) -> bool:
        """Whether the tables here say which calls there are."""
        return not self.optimised or self.service not in _OTHERS

    def fault(self) -> str | None:
        """Why Step Functions would not take it, if so."""
        if not self.optimised:
            return self._sdk_fault()
        if self.service in _OTHERS:
            return None
        actions = _OPTIMISED.get(self.service)
        if actions is None:
            return f"there is no integration with {self.service!r}; try aws-sdk:{self.service}"
        patterns = actions.get(self.action)
        if patterns is None:
            return f"{self.service} has no integration {self.action!r}, expected {_list(actions)}"
        if self.pattern not in patterns:
            shown = _list(f".{name}" if name else "none" for name in patterns)
            return f"{self.service}:{self.action} ends in .{self.pattern}, expected {shown}"
        return None

    def _sdk_fault(self) -> str | None:
        if self.service not in sdk_services():
            return f"the SDK has no service {self.service!r}"
        if self.model is None:
            return f"{self.service} has no operation {self.action!r}"
        if self.pattern not in ("", TOKEN):
            return f"a call through the SDK cannot be awaited with .{self.pattern}"
        return None


def integration_of(resource: str) -> Integration | None:
    """The integration that a task's Resource names; None for functions and activities.

    >>> integration_of("arn:aws:states:::sagemaker:createProcessingJob.sync")
    Integration(service='sagemaker', action='createProcessingJob', pattern='sync', optimised=True)
    """
    found = _RESOURCE.fullmatch(resource)
    if found is None or found[1].startswith("activity:"):
        return None
    called = found[1].removeprefix(_SDK)
    service, _, action = called.partition(":")
    return Integration(service, action, found[2] or "", not found[1].startswith(_SDK))


@cache
def sdk_services() -> dict[str, str]:
    """The SDK's names of services (`sfn`, `cloudwatchlogs`) to botocore's (`stepfunctions`)."""
    known = {}
    loader = botocore.session.get_session().get_component("data_loader")
    for name in loader.list_available_services("service-2"):
        version = loader.determine_latest_version(name, "service-2")
        for folder in loader.search_paths:
            identity = _service_id(Path(folder) / name / version)
            if identity:
                known[identity.lower().replace(" ", "").replace("-", "")] = name
    return known


def _service_id(folder: Path) -> str | None:
    """A model's serviceId, which stands near its beginning: whole models take seconds to read."""
    plain, packed = folder / "service-2.json", folder / "service-2.json.gz"
    if packed.exists():
        with gzip.open(packed, "rt", encoding="utf-8") as file:
            start = file.read(4096)
    elif plain.exists():
        with plain.open(encoding="utf-8") as file:
            start = file.read(4096)
    else:
        return None
    found = re.search(r'"serviceId"\s*:\s*"([^"]+)"', start)
    return None if found is None else found[1]


def _list(names: Any) -> str:
    return ", ".join(names)
