"""The images that build projects push, as their commands and variables say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from gate.assembly import Resource
from gate.reading import at, fields, mapping, mappings, text, texts

_PUSH = re.compile(r"docker\s+(?:image\s+)?push\s+(?P<image>[^\s;&|]+)")
_BUILT = re.compile(r"docker\s+buildx\s+build\s.*--push")
_TAGGED = re.compile(r"(?:--tag|-t)[\s=](?P<image>[^\s;&|]+)")
# Other ways to push, which are not followed here.
_OTHERWISE = re.compile(r"--all-tags|kaniko|\b(?:jib|ko|crane|make)\b|skopeo|buildah|\.sh\b")
_ASSIGNED = re.compile(r"\b(\w+)=")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def pushes_unseen(project: Resource) -> bool:
    """Whether it may push images of which its commands do not say."""
    commands = _commands(project)
    if not commands or _OTHERWISE.search(" ".join(commands)):
        return True
    has_docker = bool(at(project.properties, "Environment", "PrivilegedMode"))
    return has_docker and next(pushed_by(project), None) is None


def pushed_by(project: Resource) -> Iterator[str]:
    """The images that a build's commands push, with its variables filled in as far as known."""
    known = _variables(project)
    for command in _commands(project):
        found = [match["image"] for match in _PUSH.finditer(command)]
        if _BUILT.search(command):
            found += [match["image"] for match in _TAGGED.finditer(command)]
        for image in found:
            plain = image.strip("\"'")
            yield _VARIABLE.sub(lambda name: known.get(name[1] or name[2], name[0]), plain)


def _commands(project: Resource) -> list[str]:
    return [
        command
        for key, value in fields(at(_specification(project), "phases"))
        if key in ("commands", "finally")
        for command in texts(value)
    ]


def _variables(project: Resource) -> Mapping[str, str]:
    written = mapping(at(_specification(project), "env", "variables"))
    of_project = {
        text(variable, "Name"): text(variable, "Value")
        for variable in mappings(project.properties, "Environment", "EnvironmentVariables")
        if text(variable, "Type") in ("", "PLAINTEXT")
    }
    # The project's variables win over its build specification's, and a command's over both.
    known = {str(name): str(value) for name, value in written.items()} | of_project
    assigned = set(_ASSIGNED.findall(" ".join(_commands(project))))
    return {name: value for name, value in known.items() if name not in assigned}


def _specification(project: Resource) -> Mapping[str, Any]:
    written = text(project.properties, "Source", "BuildSpec")
    try:
        return mapping(json.loads(written))
    except ValueError:
        pass
    try:
        return mapping(yaml.safe_load(written))
    except yaml.YAMLError:
        return {}
