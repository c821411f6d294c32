"""A job reads its environment once and says everything that is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tidewatch.core.errors import ConfigError, Fault
from tidewatch.core.window import Window
from tidewatch.monitoring.entry_point import run_job
from tidewatch.monitoring.settings import JudgeSettings, read_settings

ENVIRONMENT = {
    "ENDPOINT_NAME": "flights-local",
    "HISTORY_BUCKET": "history",
    "REMOTE_WRITE_URL": "http://127.0.0.1:1/api/v1/remote_write",
    "UNRELATED": "x",
}


@pytest.mark.parametrize("window", [None, "", "due"])
def test_without_a_window_all_that_are_due_are_judged(window: str | None) -> None:
    given = ENVIRONMENT if window is None else {**ENVIRONMENT, "WINDOW": window}
    settings = read_settings(JudgeSettings, given)
    assert settings.window is None
    assert settings.history == "s3://history"
    assert settings.model_folder == Path("/opt/ml/processing/input/model")


def test_a_window_is_start_and_end() -> None:
    text = "2013-04-01T00:00:00Z/2013-04-08T00:00:00Z"
    settings = read_settings(JudgeSettings, {**ENVIRONMENT, "WINDOW": text, "ML_ROOT": "/x"})
    assert settings.window == Window(
        datetime(2013, 4, 1, tzinfo=UTC), datetime(2013, 4, 8, tzinfo=UTC)
    )
    assert settings.model_folder == Path("/x/processing/input/model")


def test_every_fault_is_reported_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        read_settings(JudgeSettings, {"HISTORY_BUCKET": "h", "WINDOW": "soon"})
    assert [fault.where for fault in error.value.faults] == [
        "environment variable ENDPOINT_NAME",
        "environment variable REMOTE_WRITE_URL",
        "environment variable WINDOW",
    ]


def test_a_job_that_fails_says_why_in_its_record_and_exits_non_zero(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ML_ROOT", str(tmp_path))

    def job() -> None:
        raise ConfigError(Fault("here", "x" * 2000, "y", "z"))

    with pytest.raises(SystemExit) as exit_:
        run_job(job)
    assert exit_.value.code == 1
    message = (tmp_path / "output" / "message").read_bytes()
    assert message.startswith(b"here: found xxx")
    assert len(message) <= 1000


def test_an_error_nobody_foresaw_goes_on_as_it_is() -> None:
    def job() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_job(job)
