"""The bill of materials: every package of every lock, as CycloneDX 1.6.

`python -m gate.sbom FILE` writes it.
"""

from __future__ import annotations

import base64
import json
import sys
import tomllib
import urllib.parse
import uuid
from pathlib import Path
from typing import Any

from gate.locks import Package, packages
from gate.source_files import PROJECT

_PYPI_NAMES = str.maketrans("_.", "--")


def bill(project: Path = PROJECT) -> dict[str, Any]:
    """The document; the same locks give the same bytes."""
    declared = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    components = [_component(package) for package in packages(project)]
    name = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(components, sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{name}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": declared["name"],
                "name": declared["name"],
                "version": declared["version"],
                "licenses": [{"license": {"id": declared["license"]}}],
            }
        },
        "components": components,
    }


def write(target: Path, project: Path = PROJECT) -> int:
    """Write the bill; the number of packages in it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    document = bill(project)
    target.write_text(f"{json.dumps(document, indent=1)}\n", encoding="utf-8")
    return len(document["components"])


def _component(package: Package) -> dict[str, Any]:
    name = package.name.translate(_PYPI_NAMES) if package.ecosystem == "pypi" else package.name
    url = f"pkg:{package.ecosystem}/{urllib.parse.quote(name)}@{package.version}"
    return {
        "type": "library",
        "bom-ref": url,
        "name": name,
        "version": package.version,
        "purl": url,
        "hashes": [_hash(written) for written in package.hashes],
    }


def _hash(written: str) -> dict[str, str]:
    """`sha256:<hex>` of pip or `sha512-<base64>` of npm."""
    if ":" in written:
        return {"alg": "SHA-256", "content": written.partition(":")[2]}
    algorithm, _, content = written.partition("-")
    return {
        "alg": f"SHA-{algorithm.removeprefix('sha')}",
        "content": base64.b64decode(content).hex(),
    }


if __name__ == "__main__":
    target = Path(sys.argv[1])
    print(f"{target}: {write(target)} packages")
