"""What a model's file says of its endpoint: traffic, scaling, guards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from tests.unit.monitoring.world import MODEL
from tidewatch.core.config import Serving
from tidewatch.core.config.endpoint import Scaling, Shift

WEIGHTS = {"weights": {"champion": 0.9, "challenger": 0.1}}


def test_a_canary_without_scaling_or_shadow_is_the_default() -> None:
    assert MODEL.serving.shift == Shift(kind="canary", percent=10, bake=timedelta(minutes=5))
    assert MODEL.serving.scaling is None
    assert MODEL.serving.shadow is False


@pytest.mark.parametrize(
    ("shift", "steps"),
    [
        ({"kind": "all_at_once"}, 1),
        ({"kind": "canary", "percent": 50}, 2),
        ({"kind": "linear", "percent": 10}, 10),
        ({"kind": "linear", "percent": 30}, 4),
    ],
)
def test_traffic_moves_in_steps(shift: dict[str, object], steps: int) -> None:
    assert Shift.model_validate(shift).steps == steps


@pytest.mark.parametrize(
    ("shift", "why"),
    [
        ({"bake": "2h"}, "bake must be at most 1:00:00"),
        ({"kind": "linear", "percent": 5}, "a linear step is at least 10 percent"),
        ({"kind": "linear", "percent": 10, "bake": "1h"}, "all steps together take at most 6:00"),
        ({"percent": 60}, "less than or equal to 50"),
        ({"kind": "rolling"}, "'all_at_once', 'canary' or 'linear'"),
    ],
)
def test_what_sagemaker_would_refuse_is_refused_here(shift: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Serving.model_validate(WEIGHTS | {"shift": shift})


@pytest.mark.parametrize(
    "fleet",
    [
        {"instance_count": 1},
        {"scaling": {"min": 1, "max": 4, "invocations_per_minute": 600}},
    ],
)
def test_half_of_one_instance_cannot_go_first(fleet: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="must be at least 2, found 1; or shift all_at_once"):
        Serving.model_validate(WEIGHTS | fleet)
    Serving.model_validate(WEIGHTS | fleet | {"shift": {"kind": "all_at_once"}})


def test_scaling_lies_between_two_numbers_of_instances() -> None:
    scaling = Scaling.model_validate({"max": 4, "invocations_per_minute": 600})
    assert (scaling.min, scaling.max) == (2, 4)
    with pytest.raises(ValidationError, match="min must be at most max"):
        Scaling.model_validate({"min": 5, "max": 4, "invocations_per_minute": 600})


@pytest.mark.parametrize(
    "guard", [{"max_latency_ms": 0}, {"max_error_share": 0}, {"max_error_share": 1}]
)
def test_a_guard_that_never_or_always_rings_is_refused(guard: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Serving.model_validate(WEIGHTS | guard)
