"""Alert manager definitions: amtool takes them, and so does Amazon Managed Prometheus."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_known, is_true, mapping, mappings, text, texts
from gate.semantic.checkers import complaint
from localcloud.durations import seconds

_WORKSPACE = "AWS::APS::Workspace"
_TOPIC = "AWS::SNS::Topic"
_RECEIVERS = ("sns_configs", "pagerduty_configs")
_FORBIDDEN = ("api_url", "http_config")
_LONGEST_REPEAT = 5 * 86_400


def definitions_pass_amtool(assembly: Assembly) -> Iterable[Finding]:
    """The definition is YAML around a configuration in which amtool finds no fault."""
    for workspace in defined(assembly):
        reason = _read_fault(workspace) or _amtool(workspace)
        if reason is not None:
            yield workspace.finding("semantic.amtool", reason)


def definitions_stay_in_the_limits(assembly: Assembly) -> Iterable[Finding]:
    """Receivers are of the kinds that the service has, and set nothing that it forbids."""
    for workspace in defined(assembly):
        config = config_of(workspace)
        reasons = [*_receiver_faults(config), *_repeat_faults(mapping(config.get("route")))]
        for reason in reasons:
            yield workspace.finding("semantic.alertmanager", reason)


def alerts_reach_topics(assembly: Assembly) -> Iterable[Finding]:
    """A topic that alerts go to is a Standard topic; a topic of ours is there."""
    for workspace in defined(assembly):
        for receiver in mappings(config_of(workspace).get("receivers")):
            for item in mappings(receiver.get("sns_configs")):
                name = item.get("topic_arn")
                if is_known(name):
                    for reason in _topic_faults(assembly, str(name)):
                        yield workspace.finding("semantic.alert-topic", reason)


def defined(assembly: Assembly) -> Iterator[Resource]:
    """The workspaces that have a definition which can be read."""
    for workspace in assembly.resources(_WORKSPACE):
        if is_known(workspace.properties.get("AlertManagerDefinition")):
            yield workspace


def _loaded(written: object) -> Mapping[str, Any]:
    try:
        return mapping(yaml.safe_load(text(written)))
    except yaml.YAMLError:
        return {}


def config_of(workspace: Resource) -> Mapping[str, Any]:
    """Alertmanager's own configuration; empty where it cannot be read."""
    definition = _loaded(workspace.properties["AlertManagerDefinition"])
    return _loaded(definition.get("alertmanager_config"))


def templates_of(workspace: Resource) -> Mapping[str, str]:
    """The files of templates that a workspace's messages are made with, by name."""
    files = mapping(_loaded(workspace.properties["AlertManagerDefinition"]).get("template_files"))
    return {str(name): content for name, content in files.items() if isinstance(content, str)}


def _read_fault(workspace: Resource) -> str | None:
    definition = _loaded(workspace.properties["AlertManagerDefinition"])
    if not isinstance(definition.get("alertmanager_config"), str):
        return "the definition is no YAML with the text alertmanager_config"
    if not config_of(workspace):
        return "alertmanager_config is no YAML mapping"
    return None


def _amtool(workspace: Resource) -> str | None:
    """What amtool says against the configuration; None where it takes it."""
    definition = _loaded(workspace.properties["AlertManagerDefinition"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "alertmanager.yml"
        templates = mapping(definition.get("template_files"))
        names = texts(config_of(workspace).get("templates"))
        for name, content in templates.items():
            (Path(folder) / Path(str(name)).name).write_text(str(content), encoding="utf-8")
        missing = [name for name in names if "*" not in name and name not in templates]
        if missing:
            return f"the template {missing[0]!r} is not among template_files"
        config = {**config_of(workspace)}
        config["receivers"] = [_runnable(item) for item in mappings(config.get("receivers"))]
        config["templates"] = [str(Path(folder) / Path(name).name) for name in names]
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        found = complaint("amtool", "check-config", str(path))
        return None if found is None else found.replace(f"{folder}/", "")


def _runnable(receiver: Mapping[str, Any]) -> dict[str, Any]:
    """The receiver with a key where the service reads a secret: amtool knows no secrets."""
    return {
        **receiver,
        **{
            field: [_with_key(item) for item in mappings(receiver[field])]
            for field in ("pagerduty_configs",)
            if field in receiver
        },
    }


def _with_key(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: "key" if isinstance(value, Mapping) and "aws_secrets_manager" in value else value
        for key, value in item.items()
    }


def _receiver_faults(config: Mapping[str, Any]) -> Iterator[str]:
    for receiver in mappings(config.get("receivers")):
        name = receiver.get("name")
        for kind in receiver:
            if kind.endswith("_configs") and kind not in _RECEIVERS:
                yield f"the receiver {name!r} has {kind}; the service has {', '.join(_RECEIVERS)}"
        written = [item for kind in _RECEIVERS for item in mappings(receiver.get(kind))]
        for field in sorted({field for item in written for field in _FORBIDDEN if field in item}):
            yield f"the receiver {name!r} sets {field}, which the service forbids"
        regions = [mapping(item.get("sigv4")) for item in mappings(receiver.get("sns_configs"))]
        if not all(item.get("region") for item in regions):
            yield f"the receiver {name!r} has no sigv4.region"


def _repeat_faults(route: Mapping[str, Any]) -> Iterator[str]:
    interval = route.get("repeat_interval")
    if interval is not None and _length(str(interval)) > _LONGEST_REPEAT:
        yield f"repeat_interval is {interval}, expected at most 5 days"
    for inner in mappings(route.get("routes")):
        yield from _repeat_faults(inner)


def _length(duration: str) -> float:
    try:
        return seconds(duration)
    except ValueError:
        return 0.0  # amtool says what is wrong with it


def _topic_faults(assembly: Assembly, name: str) -> Iterator[str]:
    found = assembly.at(name)
    if found is None:
        return
    if found.type != _TOPIC:
        yield f"alerts go to {found.name}, which is a {found.type}, expected a topic"
    elif is_true(found.properties.get("FifoTopic")) or name.endswith(".fifo"):
        yield f"alerts go to the FIFO topic {found.name}, expected a Standard topic"


RULES = (definitions_pass_amtool, definitions_stay_in_the_limits, alerts_reach_topics)
