"""Amazon's alert manager definition becomes the configuration of a real Alertmanager."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from localcloud.alertmanager_definition import (
    Credentials,
    DefinitionError,
    Surroundings,
    render,
)

TOPIC = "arn:aws:sns:us-east-1:123456789012:critical"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:pagerduty"


def surroundings(value: str = "key") -> Surroundings:
    return Surroundings(
        sns_api_url="http://127.0.0.1:1",
        region="us-east-1",
        pagerduty_url="http://127.0.0.1:2/pagerduty",
        secrets={SECRET: value}.__getitem__,
        credentials=Credentials("access", "secret"),
    )


def sns(**changes: Any) -> dict[str, Any]:
    return {"topic_arn": TOPIC, "sigv4": {"region": "us-east-1"}, **changes}


def pagerduty(**source: str) -> dict[str, Any]:
    return {"routing_key": {"aws_secrets_manager": {"secret_arn": SECRET, **source}}}


def definition(receiver: dict[str, Any], **changes: Any) -> str:
    config = {
        "route": {"receiver": "people"},
        "receivers": [{"name": "people", **receiver}],
        **changes,
    }
    return yaml.safe_dump({"alertmanager_config": yaml.safe_dump(config)})


def people(text: str, folder: Path, value: str = "key") -> dict[str, Any]:
    receiver: dict[str, Any] = render(text, surroundings(value), folder)["receivers"][0]
    return receiver


def test_sns_is_called_at_the_gateway_with_the_given_credentials(tmp_path: Path) -> None:
    assert people(definition({"sns_configs": [sns(subject="s")]}), tmp_path) == {
        "name": "people",
        "sns_configs": [
            {
                "topic_arn": TOPIC,
                "subject": "s",
                "api_url": "http://127.0.0.1:1",
                "sigv4": {
                    "region": "us-east-1",
                    "access_key": "access",
                    "secret_key": "secret",
                },
            }
        ],
    }


def test_a_pagerduty_key_is_read_from_its_secret(tmp_path: Path) -> None:
    receiver = people(definition({"pagerduty_configs": [pagerduty()]}), tmp_path, "the-key")
    assert receiver["pagerduty_configs"] == [
        {"routing_key": "the-key", "url": "http://127.0.0.1:2/pagerduty"}
    ]


def test_a_pagerduty_key_is_read_from_a_field_of_its_secret(tmp_path: Path) -> None:
    text = definition({"pagerduty_configs": [pagerduty(secret_key="k", refresh_interval="1h")]})
    receiver = people(text, tmp_path, json.dumps({"k": "the-key"}))
    assert receiver["pagerduty_configs"][0]["routing_key"] == "the-key"


@pytest.mark.parametrize("secret", ["plain", "[]", '{"other": 1}'])
def test_a_secret_without_the_field_is_named_and_not_shown(secret: str, tmp_path: Path) -> None:
    text = definition({"pagerduty_configs": [pagerduty(secret_key="k")]})
    with pytest.raises(DefinitionError, match="no k in it") as raised:
        people(text, tmp_path, secret)
    assert secret not in str(raised.value)


def test_a_key_that_names_no_secret_is_refused(tmp_path: Path) -> None:
    text = definition({"pagerduty_configs": [{"routing_key": {"from": "elsewhere"}}]})
    with pytest.raises(DefinitionError, match="aws_secrets_manager"):
        people(text, tmp_path)


def test_templates_are_written_and_listed_by_their_place(tmp_path: Path) -> None:
    inner = yaml.safe_dump({"templates": ["a.tmpl"], "route": {}, "receivers": []})
    text = yaml.safe_dump({"template_files": {"a.tmpl": "A"}, "alertmanager_config": inner})
    config = render(text, surroundings(), tmp_path / "templates")
    assert config["templates"] == [str(tmp_path / "templates/a.tmpl")]
    assert (tmp_path / "templates/a.tmpl").read_text() == "A"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("route: {}", "alertmanager_config"),
        ("[]", "a YAML mapping"),
        ("{", "no YAML"),
        ("alertmanager_config: '{'", "no YAML"),
        ("alertmanager_config: 'route: {}'\nextra: 1", "extra"),
        (definition({"sns_configs": [sns(api_url="http://x")]}), "sns_configs.api_url"),
        (definition({"sns_configs": [sns(http_config={})]}), "sns_configs.http_config"),
        (definition({"pagerduty_configs": [{"http_config": {}}]}), "http_config"),
        (definition({"webhook_configs": [{"url": "http://x"}]}), "webhook_configs"),
        (definition({"sns_configs": [sns(sigv4={})]}), "sigv4.region"),
        (definition({"sns_configs": [sns(sigv4={"region": "eu-west-1"})]}), "us-east-1"),
        (definition({"sns_configs": [sns(topic_arn=TOPIC + ".fifo")]}), "Standard topic"),
        (definition({"sns_configs": [sns(topic_arn=None)]}), "Standard topic"),
        (definition({}, templates=["none"]), "no such template"),
        (definition({}, route={"routes": [{"repeat_interval": "6d"}]}), "at most 5d"),
        (definition({}, route={"repeat_interval": "soon"}), "at most 5d"),
    ],
)
def test_what_the_service_refuses_is_refused(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=complaint):
        render(text, surroundings(), tmp_path)


def test_a_template_cannot_leave_its_folder(tmp_path: Path) -> None:
    text = yaml.safe_dump({"template_files": {"../a": "A"}, "alertmanager_config": "route: {}"})
    with pytest.raises(DefinitionError, match="a plain name"):
        render(text, surroundings(), tmp_path / "templates")
    assert not (tmp_path / "a").exists()


def test_every_fault_is_reported_at_once(tmp_path: Path) -> None:
    text = definition({"sns_configs": [sns(api_url="x", sigv4={})], "slack_configs": []})
    with pytest.raises(DefinitionError) as raised:
        render(text, surroundings(), tmp_path)
    assert [fault.where for fault in raised.value.faults] == [
        "receiver people: slack_configs",
        "receiver people: sns_configs.api_url",
        "receiver people: sns_configs.sigv4.region",
    ]
