"""cdk-nag: the packs AwsSolutions and Serverless, and the CDK's own rules.

The packs judge constructs, so each template is included in an app; our own no differently.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import cdk_nag
from aws_cdk.cloudformation_include import CfnInclude

from gate.finding import Finding
from gate.manifest import Source, find_templates
from gate.reading import mapping

CONTEXT = {
    "@aws-cdk/core:validateAgainstDefaultRules": True,
    "@aws-cdk/core:strictCfnValidateErrors": True,
}
_INCLUDED = "Template"


def scan(folder: Path) -> Iterable[Finding]:
    """What the packs say of each template."""
    for source in find_templates(folder):
        with tempfile.TemporaryDirectory() as scratch:
            yield from _judge(source, Path(scratch))


def _judge(source: Source, scratch: Path) -> Iterator[Finding]:
    app = cdk.App(outdir=str(scratch), context=CONTEXT, analytics_reporting=False)
    stack = cdk.Stack(
        app,
        "Stack",
        synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        env=cdk.Environment(account=source.account, region=source.region),
    )
    failure = ""
    try:
        CfnInclude(stack, _INCLUDED, template_file=str(source.path))
        cdk.Validations.of(app).add_plugins(
            cdk_nag.AwsSolutionsChecks(app), cdk_nag.ServerlessChecks(app)
        )
        app.synth()
    except RuntimeError as error:
        # Synthesis fails as well where the packs found something.
        failure = str(error)
    report = scratch / "validation-report.json"
    if report.is_file():
        yield from violations(source.stack, json.loads(report.read_text(encoding="utf-8")))
    elif failure:
        yield Finding(
            "cdk-nag.unreadable",
            source.stack,
            f"found {failure.splitlines()[0]}; expected a template that the CDK can include",
        )


def violations(stack: str, report: Mapping[str, Any]) -> Iterator[Finding]:
    """The violations in a report of the CDK's."""
    for plugin in report.get("pluginReports", []):
        for violation in plugin.get("violations", []):
            for construct in violation.get("violatingConstructs", []):
                yield Finding(
                    f"cdk-nag.{violation['ruleName']}",
                    f"{stack}/{_logical_id(construct)}",
                    str(violation.get("description", "")),
                )


def _logical_id(construct: Mapping[str, Any]) -> str:
    resource = mapping(construct.get("cloudFormationResource"))
    named = resource.get("logicalId") or construct.get("constructPath", "")
    return str(named).split("/")[-1]
