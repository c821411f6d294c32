"""Every environment is pinned, and the bill of materials names what the locks hold."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from gate import locks, sbom
from gate.scanners import checkov

# CycloneDX's own validator comes with checkov.
VALIDATE = """
import sys, cyclonedx.schema, cyclonedx.validation.json
validator = cyclonedx.validation.json.JsonStrictValidator(cyclonedx.schema.SchemaVersion.V1_6)
sys.exit(str(validator.validate_str(sys.stdin.read()) or ""))
"""
HASH = f"--hash=sha256:{'a' * 64}"


def project(folder: Path, wanted: str, lock: str) -> Path:
    (folder / "requirements.in").write_text(wanted)
    (folder / "requirements.txt").write_text(lock)
    npm = {"": {}, "node_modules/aws-cdk": {"version": "2.1", "integrity": "sha512-qqqq"}}
    (folder / "package-lock.json").write_text(json.dumps({"packages": npm}))
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "x"\nversion = "1"\nlicense = "Apache-2.0"\n'
    )
    return folder


@pytest.mark.parametrize(
    ("wanted", "lock", "rules"),
    [
        ("a==1", f"a==1 \\\n    {HASH}\n    # via b\n", []),
        ("a==1", "a==1\n", ["locks.unhashed"]),
        ("a==1", f"a>=1 {HASH}\n", ["locks.unpinned", "locks.stale"]),
        ("a==2", f"a==1 {HASH}\n", ["locks.stale"]),
        ("a", f"a==1 {HASH}\n", ["locks.unpinned"]),
        ("a[x]==1 # why", f"a[x]==1 {HASH}\n", []),
    ],
)
def test_a_lock_pins_and_hashes_what_is_wanted(
    tmp_path: Path, wanted: str, lock: str, rules: list[str]
) -> None:
    assert [found.rule for found in locks.scan(project(tmp_path, wanted, lock))] == rules


def test_a_missing_lock_is_found(tmp_path: Path) -> None:
    project(tmp_path, "a==1", "")
    (tmp_path / "requirements.txt").unlink()
    assert [found.rule for found in locks.scan(tmp_path)] == ["locks.missing"]


def test_an_npm_package_without_integrity_is_found(tmp_path: Path) -> None:
    project(tmp_path, "a==1", f"a==1 {HASH}\n")
    npm = {"node_modules/aws-cdk": {"version": "2.1"}}
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": npm}))
    assert [found.resource for found in locks.scan(tmp_path)] == ["package-lock.json"]


def test_our_own_locks_are_whole() -> None:
    assert list(locks.scan()) == []


def test_the_bill_names_every_locked_package_with_its_hashes(tmp_path: Path) -> None:
    document = sbom.bill(project(tmp_path, "a==1", f"a==1 {HASH}\n"))
    assert document["bomFormat"] == "CycloneDX"
    assert [(c["purl"], c["hashes"]) for c in document["components"]] == [
        ("pkg:npm/aws-cdk@2.1", [{"alg": "SHA-512", "content": "aaaaaa"}]),
        ("pkg:pypi/a@1", [{"alg": "SHA-256", "content": "a" * 64}]),
    ]


def test_the_same_locks_give_the_same_bill(tmp_path: Path) -> None:
    sbom.write(tmp_path / "one.json")
    sbom.write(tmp_path / "two.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_the_bill_is_what_cyclonedx_expects(tmp_path: Path) -> None:
    sbom.write(tmp_path / "bill.json")
    bill = json.loads((tmp_path / "bill.json").read_text())
    assert validated(bill) == ""
    assert "is a required property" in validated({**bill, "specVersion": None})


def validated(bill: dict[str, object]) -> str:
    """What the validator says; nothing if the bill is sound."""
    program = str(checkov.PROGRAM.with_name("python"))
    text = json.dumps({key: value for key, value in bill.items() if value is not None})
    done = subprocess.run(  # noqa: S603 - the pinned scanner's own environment
        [program, "-c", VALIDATE], input=text, capture_output=True, text=True, check=False
    )
    return done.stderr.strip()
