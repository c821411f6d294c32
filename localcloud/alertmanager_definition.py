"""Amazon's alert manager definition, made into the configuration of a real Alertmanager.

The definition is YAML: `alertmanager_config` holds the configuration as text, `template_files` the
templates by name. The service adds what it forbids users to set: where SNS and PagerDuty are, and
with which credentials they are called. So does this module, after checking what the service checks.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from localcloud.durations import seconds
from tidewatch.core.errors import Fault, TidewatchError

Document: TypeAlias = dict[str, Any]

RECEIVER_KINDS = ("sns_configs", "pagerduty_configs")
FORBIDDEN = ("api_url", "http_config")
LONGEST_REPEAT = 5 * 24 * 3600.0


class DefinitionError(TidewatchError):
    """The definition is not one that the service takes. Holds every fault in it."""


@dataclass(frozen=True)
class Credentials:
    """What Alertmanager signs its calls of SNS with."""

    access_key: str
    secret_key: str


@dataclass(frozen=True)
class Surroundings:
    """What the service knows and a definition does not say."""

    sns_api_url: str
    region: str
    pagerduty_url: str
    secrets: Callable[[str], str]
    credentials: Credentials


def render(definition_yaml: str, surroundings: Surroundings, folder: Path) -> Document:
    """Write the templates into `folder` and return the configuration.

    DefinitionError, with every fault, where the service would refuse the definition.
    """
    definition = _mapping(definition_yaml, "the definition")
    config = _mapping(definition.get("alertmanager_config"), "alertmanager_config")
    templates: dict[str, str] = definition.get("template_files") or {}
    faults = [*_faults(definition, config, templates, surroundings.region)]
    if faults:
        raise DefinitionError(*faults)
    config = copy.deepcopy(config)
    if config.get("templates"):
        config["templates"] = _write_templates(config["templates"], templates, folder)
    for receiver in config.get("receivers", []):
        _complete(receiver, surroundings)
    return config


def _mapping(text: object, where: str) -> Document:
    try:
        document = yaml.safe_load(text) if isinstance(text, str) else None
    except yaml.YAMLError as error:
        raise DefinitionError(_fault(where, f"no YAML: {error}", "a YAML mapping")) from None
    if not isinstance(document, dict):
        found = "nothing" if text is None else type(document).__name__
        raise DefinitionError(_fault(where, found, "text that is a YAML mapping"))
    return document


def _faults(
    definition: Document, config: Document, templates: dict[str, str], region: str
) -> Iterator[Fault]:
    for key in sorted(definition.keys() - {"alertmanager_config", "template_files"}):
        yield _fault(str(key), "an unknown key", "alertmanager_config or template_files")
    for name in config.get("templates") or []:
        if name not in templates:
            yield _fault(f"templates: {name}", "no such template", "a name in template_files")
    for name in templates:
        if Path(name).name != name:
            yield _fault(f"template_files: {name}", "a path", "a plain name")
    yield from _route_faults(config.get("route") or {}, "route")
    for receiver in config.get("receivers") or []:
        yield from _receiver_faults(receiver, region)


def _route_faults(route: Document, where: str) -> Iterator[Fault]:
    repeat = route.get("repeat_interval")
    if repeat is not None and _too_long(str(repeat)):
        yield _fault(f"{where}.repeat_interval", str(repeat), "a duration of at most 5d")
    for index, child in enumerate(route.get("routes") or []):
        yield from _route_faults(child, f"{where}.routes[{index}]")


def _too_long(duration: str) -> bool:
    try:
        return seconds(duration) > LONGEST_REPEAT
    except ValueError:
        return True


def _receiver_faults(receiver: Document, region: str) -> Iterator[Fault]:
    name = f"receiver {receiver.get('name')}"
    for key in sorted(receiver.keys() - {"name", *RECEIVER_KINDS}):
        yield _fault(f"{name}: {key}", "an unsupported kind", f"one of {RECEIVER_KINDS}")
    for kind in RECEIVER_KINDS:
        for entry in receiver.get(kind) or []:
            for key in sorted(entry.keys() & set(FORBIDDEN)):
                yield _fault(f"{name}: {kind}.{key}", "a forbidden key", "the service's own")
    for entry in receiver.get("sns_configs") or []:
        yield from _sns_faults(entry, f"{name}: sns_configs", region)


def _sns_faults(entry: Document, where: str, region: str) -> Iterator[Fault]:
    found = (entry.get("sigv4") or {}).get("region")
    if found != region:
        yield _fault(f"{where}.sigv4.region", str(found), f"the workspace's region, {region}")
    topic = entry.get("topic_arn") or ""
    if not topic or topic.endswith(".fifo"):
        yield _fault(f"{where}.topic_arn", topic or "nothing", "the ARN of a Standard topic")


def _complete(receiver: Document, surroundings: Surroundings) -> None:
    for entry in receiver.get("sns_configs") or []:
        entry["api_url"] = surroundings.sns_api_url
        entry["sigv4"] = {
            "region": surroundings.region,
            "access_key": surroundings.credentials.access_key,
            "secret_key": surroundings.credentials.secret_key,
        }
    for entry in receiver.get("pagerduty_configs") or []:
        entry["url"] = surroundings.pagerduty_url
        for key in ("routing_key", "service_key"):
            if isinstance(entry.get(key), dict):
                entry[key] = _secret(entry[key], surroundings.secrets)


def _secret(reference: Document, secrets: Callable[[str], str]) -> str:
    """A key that the definition names as `{aws_secrets_manager: {secret_arn, secret_key}}`."""
    source = reference.get("aws_secrets_manager") or {}
    arn, key = source.get("secret_arn"), source.get("secret_key")
    if not arn:
        raise DefinitionError(
            _fault("pagerduty_configs", str(reference), "aws_secrets_manager.secret_arn")
        )
    text = secrets(arn)
    if key is None:
        return text
    try:
        return str(json.loads(text)[key])
    except (json.JSONDecodeError, TypeError, KeyError):
        # The secret itself is not for a log.
        raise DefinitionError(_fault(f"secret {arn}", f"no {key} in it", "a JSON object")) from None


def _write_templates(names: list[str], templates: dict[str, str], folder: Path) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in templates.items():
        (folder / name).write_text(text)
    return [str(folder / name) for name in names]


def _fault(where: str, found: str, expected: str) -> Fault:
    return Fault(where, found, expected, "correct the alert manager definition")
