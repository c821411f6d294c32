from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest

from localcloud.endpoints import capture_writer
from localcloud.endpoints.capture_writer import CaptureWriter, Place, place
from tests.unit.localcloud.fake_s3 import FakeS3

MOMENT = datetime(2026, 3, 1, 12, 59, 58, 123_000, tzinfo=UTC)
LATER = datetime(2026, 3, 1, 13, 0, 1, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(capture_writer, "time", made)
    return made


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> FakeS3:
    fake = FakeS3()
    monkeypatch.setattr(capture_writer, "role_credentials", lambda *_: None)
    monkeypatch.setattr(capture_writer, "role_client", lambda *_: fake)
    return fake


def where(moment: datetime = MOMENT, endpoint: str = "flights") -> Place:
    return place("s3://bucket/capture", endpoint, "champion", "arn:role", moment)


def test_records_are_put_together_after_a_quiet_second(s3: FakeS3, clock: Clock) -> None:
    writer = CaptureWriter()
    writer.add(where(), b"1\n", MOMENT)
    clock.now += 0.9
    writer.add(where(), b"2\n", MOMENT)
    clock.now += 0.9
    writer.flush_due()
    assert not s3.objects
    clock.now += 0.2
    writer.flush_due()
    ((bucket, key),) = s3.objects
    assert bucket == "bucket"
    assert key.startswith("capture/flights/champion/2026/03/01/12/59-58-123-")
    assert list(s3.objects.values()) == [b"1\n2\n"]


def test_steady_traffic_is_put_every_other_second(s3: FakeS3, clock: Clock) -> None:
    writer = CaptureWriter()
    for _ in range(45):  # 4.5 s
        writer.add(where(), b"x\n", MOMENT)
        writer.flush_due()
        clock.now += 0.1
    assert len(s3.objects) == 2


def test_a_large_batch_does_not_wait(s3: FakeS3, clock: Clock) -> None:
    writer = CaptureWriter()
    writer.add(where(), b"x" * 1_000_000, MOMENT)
    writer.flush_due()
    assert len(s3.objects) == 1
    assert clock.now == 100.0


def test_every_hour_has_its_own_folder(s3: FakeS3, clock: Clock) -> None:
    del clock
    writer = CaptureWriter()
    writer.add(where(MOMENT), b"1\n", MOMENT)
    writer.add(where(LATER), b"2\n", LATER)
    writer.flush()
    assert sorted(key.split("/")[-2] for _, key in s3.objects) == ["12", "13"]


def test_one_endpoint_can_be_flushed_alone(s3: FakeS3, clock: Clock) -> None:
    del clock
    writer = CaptureWriter()
    writer.add(where(endpoint="flights"), b"1\n", MOMENT)
    writer.add(where(endpoint="churn"), b"2\n", MOMENT)
    writer.flush("churn")
    assert list(s3.objects.values()) == [b"2\n"]


def test_what_s3_refuses_is_put_later_in_its_order(
    s3: FakeS3, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    writer = CaptureWriter()
    writer.add(where(), b"1\n", MOMENT)
    clock.now += 3
    s3.refuses = ConnectionError("down")
    writer.flush_due()
    assert "S3 refused" in caplog.text
    s3.refuses = None
    writer.add(where(), b"2\n", MOMENT)
    clock.now += 6
    writer.flush_due()
    assert list(s3.objects.values()) == [b"1\n2\n"]


def test_what_is_lost_at_the_end_is_counted(
    s3: FakeS3, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    del clock
    writer = CaptureWriter()
    writer.add(where(), b"1\n", MOMENT)
    s3.refuses = ConnectionError("down")
    with caplog.at_level(logging.ERROR):
        writer.flush()
    assert "1 capture records" in caplog.text
