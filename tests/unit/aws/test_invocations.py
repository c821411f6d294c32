"""What CloudWatch counted is read per variant and hour, errors left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import boto3
import pytest

from tidewatch.aws.invocations import EndpointInvocations
from tidewatch.core.window import Window

pytestmark = pytest.mark.usefixtures("aws")

HOUR = timedelta(hours=1)
NOW = datetime.now(UTC)
FIRST = Window.containing(NOW - 3 * HOUR, HOUR).start


def put(name: str, variant: str, at: datetime, value: float, endpoint: str = "flights") -> None:
    dimensions = {"EndpointName": endpoint, "VariantName": variant}
    boto3.client("cloudwatch").put_metric_data(
        Namespace="AWS/SageMaker",
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": [{"Name": key, "Value": text} for key, text in dimensions.items()],
                "Timestamp": at,
                "Value": value,
            }
        ],
    )


def test_answers_are_invocations_without_errors_by_variant_and_hour() -> None:
    put("Invocations", "champion", FIRST + timedelta(minutes=5), 6)
    put("Invocations", "champion", FIRST + timedelta(minutes=50), 4)
    put("Invocation4XXErrors", "champion", FIRST + timedelta(minutes=6), 2)
    put("Invocation5XXErrors", "champion", FIRST + timedelta(minutes=7), 1)
    put("Invocations", "champion", FIRST + HOUR, 3)
    put("Invocations", "challenger", FIRST + timedelta(minutes=1), 5)
    put("Invocations", "champion", FIRST, 100, endpoint="another")

    found = EndpointInvocations("flights").answered(
        ["champion", "challenger"], Window(FIRST, FIRST + 2 * HOUR), HOUR
    )

    assert found == {
        ("champion", FIRST): 7,
        ("champion", FIRST + HOUR): 3,
        ("challenger", FIRST): 5,
    }


def test_an_hour_of_errors_alone_has_no_answers() -> None:
    put("Invocations", "champion", FIRST, 2)
    put("Invocation5XXErrors", "champion", FIRST, 2)
    span = Window(FIRST, FIRST + HOUR)
    assert EndpointInvocations("flights").answered(["champion"], span, HOUR) == {}


def test_nobody_is_asked_about_no_variant() -> None:
    assert EndpointInvocations("flights").answered([], Window(FIRST, FIRST + HOUR), HOUR) == {}
