"""What a Dockerfile says about running its image; `RUN` and the base image are not looked at.

The laptop runs an image's program with its own interpreter and its own packages, so only the lines
that shape the running container count: ENV, WORKDIR, ENTRYPOINT, CMD and COPY.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from string import Template
from typing import Any


@dataclass(frozen=True)
class Copy:
    """One COPY line: sources inside the build context, and where the image has them."""

    sources: tuple[str, ...]
    destination: str


@dataclass(frozen=True)
class Stage:
    r"""One build stage; the last one of a file is the image.

    >>> read_dockerfile('FROM a\nWORKDIR /opt\nENV A=1\nENTRYPOINT ["run", "it"]').entrypoint
    ('run', 'it')
    """

    environment: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()

    def expand(self, text: str) -> str:
        """Replace `$NAME` and `${NAME}` by what ARG and ENV have said so far."""
        return Template(text).safe_substitute(self.arguments | self.environment)


def read_dockerfile(text: str) -> Stage:
    """The last stage of a Dockerfile; a stage built `FROM` an earlier one inherits from it."""
    named: dict[str, Stage] = {}
    stage, name = Stage(), ""
    for keyword, rest in _instructions(text):
        if keyword == "FROM":
            base, _, name = rest.partition(" AS ")
            stage = named.get(base.strip(), Stage())
        else:
            stage = _apply(stage, keyword, rest)
        named[name.strip()] = stage
    return stage


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    """Keyword and rest of every instruction: comments dropped, continued lines joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\[ \t]*\n", " ", "\n".join(lines))
    for line in filter(str.strip, joined.splitlines()):
        keyword, _, rest = line.strip().partition(" ")
        yield keyword.upper(), re.sub(r"\s+as\s+", " AS ", rest.strip(), flags=re.IGNORECASE)


def _apply(stage: Stage, keyword: str, rest: str) -> Stage:
    change = CHANGES.get(keyword)
    return replace(stage, **change(stage, rest)) if change else stage


def _argument(stage: Stage, rest: str) -> dict[str, str]:
    name, _, default = stage.expand(rest).partition("=")
    return {name: default.strip("\"'")}


def _assignments(stage: Stage, rest: str) -> dict[str, str]:
    first = rest.split(maxsplit=1)
    if "=" not in first[0]:  # the old form: ENV NAME the whole rest
        return {first[0]: stage.expand(first[1])}
    pairs = (word.partition("=") for word in shlex.split(rest))
    return {name: stage.expand(value) for name, _, value in pairs}


def _command(rest: str) -> tuple[str, ...]:
    """The exec form is a JSON list; anything else is the shell form."""
    if rest.startswith("["):
        return tuple(json.loads(rest))
    return ("/bin/sh", "-c", rest)


def _copies(stage: Stage, rest: str) -> tuple[Copy, ...]:
    """Copies from the build context; what comes from another stage is not the project's."""
    words = list(json.loads(rest)) if rest.startswith("[") else shlex.split(rest)
    if any(word.startswith("--from=") for word in words):
        return ()
    *sources, destination = (stage.expand(word) for word in words if not word.startswith("--"))
    return (Copy(tuple(sources), _absolute(stage.workdir, destination)),)


def _absolute(workdir: str, path: str) -> str:
    """A container path; a relative one starts at the working directory."""
    joined = path if path.startswith("/") else f"{workdir.rstrip('/')}/{path}"
    kept = [part for part in joined.split("/") if part not in {"", "."}]
    return "/" + "/".join(kept)


# Every instruction that counts, and the fields of the stage that it sets.
CHANGES: dict[str, Callable[[Stage, str], dict[str, Any]]] = {
    "ENV": lambda stage, rest: {"environment": stage.environment | _assignments(stage, rest)},
    "ARG": lambda stage, rest: {"arguments": stage.arguments | _argument(stage, rest)},
    "WORKDIR": lambda stage, rest: {"workdir": _absolute(stage.workdir, stage.expand(rest))},
    "ENTRYPOINT": lambda _, rest: {"entrypoint": _command(rest)},
    "CMD": lambda _, rest: {"command": _command(rest)},
    "COPY": lambda stage, rest: {"copies": stage.copies + _copies(stage, rest)},
}
