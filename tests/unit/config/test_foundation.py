"""What a stage's file says of its foundations: each fault is named in plain words."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tidewatch.core.config import StageConfig, load_stage
from tidewatch.core.config.foundation import ExistingNetwork, MlflowServer, NewNetwork
from tidewatch.core.errors import ConfigError

SUBNETS = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]


def loaded(folder: Path, **given: Any) -> StageConfig:
    stage = {
        "name": "dev",
        "monitoring_rate": "1h",
        "alerting": {"email": ["team@example.com"]},
        "models": ["trips"],
    }
    (folder / "stages").mkdir(exist_ok=True)
    (folder / "stages" / "dev.yaml").write_text(yaml.safe_dump(stage | given))
    return load_stage(folder, "dev")


def test_a_stage_that_says_nothing_has_no_network_no_builds_and_the_usual_retention(
    tmp_path: Path,
) -> None:
    stage = loaded(tmp_path)
    assert (stage.network, stage.images, stage.budget, stage.github) == (None, None, None, None)
    assert stage.mlflow.kind == "app"
    assert stage.retention.capture == timedelta(days=90)
    assert stage.limits.function_concurrency is None


def test_a_network_is_new_or_yours(tmp_path: Path) -> None:
    new = loaded(tmp_path, network={"kind": "new", "cidr": "10.1.0.0/16", "zones": 3}).network
    assert new == NewNetwork(kind="new", cidr="10.1.0.0/16", zones=3)
    given = {"kind": "existing", "vpc_id": "vpc-0a1b2c3d4e5f60718", "subnet_ids": SUBNETS}
    assert loaded(tmp_path, network=given).network == ExistingNetwork.model_validate(given)


def test_a_tracking_server_has_a_size(tmp_path: Path) -> None:
    found = loaded(tmp_path, mlflow={"kind": "server", "size": "Medium"}).mlflow
    assert found == MlflowServer(kind="server", size="Medium")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"network": {"kind": "new", "cidr": "8.8.0.0/16"}}, "a private range of /16 to /24"),
        ({"network": {"kind": "new", "cidr": "10.0.0.0/8"}}, "a private range of /16 to /24"),
        ({"network": {"kind": "new", "cidr": "10.0.0.1/16"}}, "has host bits set"),
        ({"network": {"kind": "new", "zones": 1}}, "2 or 3"),
        ({"network": {"kind": "old"}}, "'new', 'existing'"),
        (
            {"network": {"kind": "existing", "vpc_id": "vpc-1", "subnet_ids": SUBNETS}},
            "match pattern",
        ),
        (
            {
                "network": {
                    "kind": "existing",
                    "vpc_id": "vpc-0a1b2c3d4e5f60718",
                    "subnet_ids": SUBNETS[:1] * 2,
                }
            },
            "more than once",
        ),
        ({"images": {"base": "Not An Image"}}, "match pattern"),
        ({"images": {"minutes": 31}}, "less than or equal to 30"),
        ({"mlflow": {"kind": "app", "size": "Small"}}, "Extra inputs"),
        ({"budget": {"stage_usd": 0}}, "greater than 0"),
        ({"limits": {"query_gb": 0}}, "greater than or equal to 1"),
        ({"limits": {"function_concurrency": 1}}, "greater than or equal to 2"),
        ({"retention": {"capture": "36h"}}, "whole days"),
        ({"github": {"repository": "no-owner", "environment": "prod"}}, "match pattern"),
        ({"permissions_boundary": "a policy"}, "match pattern"),
        ({"region": "Frankfurt"}, "match pattern"),
    ],
)
def test_a_fault_is_named_with_what_was_expected(
    tmp_path: Path, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        loaded(tmp_path, **given)


def test_faults_of_several_foundations_are_reported_together(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(
            tmp_path,
            network={"kind": "new", "zones": 9},
            budget={"stage_usd": -1},
            retention={"capture": "1h"},
        )
    places = {fault.where.rsplit(": ", 1)[-1] for fault in caught.value.faults}
    assert places == {"network.new.zones", "budget.stage_usd", "retention.capture"}
