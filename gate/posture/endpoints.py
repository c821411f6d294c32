"""Endpoints: what goes wrong in a release is rolled back, and one lost instance is not felt."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.posture.retention import protected_stacks
from gate.posture.tasks import Request, requests
from gate.reading import is_given, is_true, mappings, number, within

_MODES = {"Input", "Output"}
_HALF = 50
_ROLLBACK = "DeploymentConfig.AutoRollbackConfiguration.Alarms"
_POLICY = "DeploymentConfig.BlueGreenUpdatePolicy"


def rolled_back(assembly: Assembly) -> Iterator[Finding]:
    """Updates of endpoints are watched by alarms that take them back.

    A stack that has such an update may have others without: going back is one of them.
    """
    updates: dict[str, list[Request]] = {}
    for request in requests(assembly):
        if request.operation == "updateEndpoint":
            updates.setdefault(request.resource.stack, []).append(request)
    for unguarded in updates.values():
        if not any(is_given(within(request.body, _ROLLBACK)) for request in unguarded):
            yield unguarded[0].finding(
                "posture.endpoint-rollback",
                f"{_ROLLBACK} is empty: a bad version stays; name alarms on errors and latency",
            )


def shifted_with_care(assembly: Assembly) -> Iterator[Finding]:
    """Traffic goes to a new fleet in steps, and the old one stays for a moment."""
    for request in requests(assembly):
        for fault in _shift_faults(request):
            yield request.finding("posture.endpoint-traffic", fault)


def _shift_faults(request: Request) -> Iterator[str]:
    routing = within(request.body, f"{_POLICY}.TrafficRoutingConfiguration")
    kind = within(routing, "Type")
    for name, key in (("CANARY", "CanarySize"), ("LINEAR", "LinearStepSize")):
        size = within(routing, key)
        value = number(within(size, "Value"))
        if kind == name and not is_given(size):
            yield f"{name} without {key}: SageMaker refuses it"
        percent = within(size, "Type") == "CAPACITY_PERCENT" and value is not None
        if kind == name and percent and not 0 < (value or 0) <= _HALF:
            yield f"{key} is {value:g} %: expected up to 50 %, or all users meet the fault"
    if kind in ("CANARY", "LINEAR") and not (number(within(routing, "WaitIntervalInSeconds")) or 0):
        yield "WaitIntervalInSeconds is 0: no alarm can see the first step"
    baking = number(within(request.body, f"{_POLICY}.TerminationWaitInSeconds"))
    if baking is not None and baking < 1:
        yield "TerminationWaitInSeconds is 0: there is nothing to go back to"


def captures(assembly: Assembly) -> Iterator[Finding]:
    """What an endpoint is asked, and what it answers, is captured: monitoring stands on it."""
    for request in requests(assembly):
        if request.operation != "createEndpointConfig":
            continue
        capture = request.body.get("DataCaptureConfig")
        modes = {mode.get("CaptureMode") for mode in mappings(within(capture, "CaptureOptions"))}
        share = number(within(capture, "InitialSamplingPercentage"))
        if not is_given(capture) or not (
            is_true(within(capture, "EnableCapture"))
            or isinstance(within(capture, "EnableCapture"), str)
        ):
            yield request.finding(
                "posture.endpoint-capture",
                "DataCaptureConfig.EnableCapture is not true: nothing can be monitored",
            )
        elif not modes >= _MODES and modes != {"InputAndOutput"}:
            yield request.finding(
                "posture.endpoint-capture",
                f"captured are {sorted(map(str, modes))}: expected Input and Output",
            )
        elif share is not None and share < 1:
            yield request.finding(
                "posture.endpoint-capture", "InitialSamplingPercentage is 0: nothing is captured"
            )


def more_than_one_instance(assembly: Assembly) -> Iterator[Finding]:
    """Where the stage is protected, a variant has two instances or more."""
    protected = protected_stacks(assembly)
    for request in requests(assembly):
        if request.resource.stack not in protected:
            continue
        for variant in mappings(request.body.get("ProductionVariants")):
            count = number(variant.get("InitialInstanceCount"))
            if count is not None and count < 2:  # noqa: PLR2004 - one, and one to spare
                yield request.finding(
                    "posture.endpoint-instances",
                    f"variant {variant.get('VariantName')} has one instance in a protected stage, "
                    "so that the loss of a host is an outage: set InitialInstanceCount to 2",
                )


RULES: tuple[Rule, ...] = (rolled_back, shifted_with_care, captures, more_than_one_instance)
