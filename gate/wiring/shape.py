"""Properties read without tripping: what has the wrong shape is absent here.

The schema's rules report wrong shapes; these rules only must not fall over them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def at(value: object, *path: str) -> Any:
    """What stands at a path of keys, or None.

    >>> at({"Tracing": {"Mode": "Active"}}, "Tracing", "Mode")
    'Active'
    >>> at({"Tracing": "Active"}, "Tracing", "Mode") is None
    True
    """
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def items(value: object) -> list[Any]:
    """A value that may stand alone or in a list, as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def texts(value: object, *path: str) -> list[str]:
    """The strings at a path, alone or in a list."""
    return [item for item in items(at(value, *path)) if isinstance(item, str)]


def text(value: object, *path: str) -> str:
    """The string at a path, or an empty one."""
    found = at(value, *path)
    return found if isinstance(found, str) else ""


def mappings(value: object, *path: str) -> list[Mapping[str, Any]]:
    """The objects at a path, alone or in a list."""
    return [item for item in items(at(value, *path)) if isinstance(item, Mapping)]


def fields(value: object) -> Iterator[tuple[str, Any]]:
    """Every key of a document with its value, at any depth."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key), item
            yield from fields(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from fields(item)
