"""Small assemblies, written by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from gate.assembly import Assembly

Write = Callable[..., Assembly]


@pytest.fixture
def assembled(tmp_path: Path) -> Write:
    """Writes a template a stack and reads the folder."""

    def write(**stacks: Mapping[str, Any]) -> Assembly:
        for name, template in stacks.items():
            (tmp_path / f"{name}.template.json").write_text(json.dumps(template))
        return Assembly.read(tmp_path)

    return write
