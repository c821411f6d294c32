"""The Lambda code package: our code and its pinned, hashed dependencies, without Docker."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import aws_cdk as cdk
from constructs import Construct
from uv import find_uv_bin

_OURS = ("lambdas", "tidewatch")
# botocore carries the models of every service, nine tenths of the package; a cold start unpacks
# them all.
_SERVICES_CALLED = {
    *("cloudwatch", "codebuild", "ecr", "grafana", "s3", "sagemaker", "stepfunctions"),
}
_PROJECT = Path(__file__).parents[2]
_LOCK = _PROJECT / "requirements" / "lambdas.txt"


def lambda_package(scope: Construct) -> Path:
    """The folder of the one package that all handlers share; built once a synth."""
    app = scope.node.root
    if not isinstance(app, cdk.App):
        raise TypeError(f"{scope.node.path} stands in {app!r}; expected an app as its root")
    return _build(Path(app.outdir) / "lambda-package")


@cache
def _build(target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    for folder in _OURS:
        shutil.copytree(
            _PROJECT / folder,
            target / folder,
            ignore=shutil.ignore_patterns("__pycache__", "*.pyc"),
        )
    subprocess.run(_install(target), check=True)  # noqa: S603 - a fixed command of our own
    for model in (target / "botocore" / "data").iterdir():
        if model.is_dir() and model.name not in _SERVICES_CALLED:
            shutil.rmtree(model)
    return target


def _install(target: Path) -> list[str]:
    return [
        *(find_uv_bin(), "pip", "install", "--quiet", "--target", str(target)),
        *("--requirement", str(_LOCK), "--require-hashes"),
        *("--python-platform", "x86_64-manylinux2014", "--python-version", "3.13"),
        *("--only-binary", ":all:", "--no-compile-bytecode", "--link-mode", "copy"),
    ]
