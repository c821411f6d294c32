"""The package: every rule of every subject is run, is short, and says what it holds."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

from gate import semantic
from gate.assembly import Rule
from tests.gate.semantic.templates import ODD, assembly_of, resource


def test_every_rule_of_every_subject_is_run() -> None:
    names = [module.name for module in pkgutil.iter_modules(semantic.__path__)]
    modules = [importlib.import_module(f"gate.semantic.{name}") for name in names]
    written = {rule for module in modules for rule in getattr(module, "RULES", ())}
    assert written == set(semantic.RULES)


@pytest.mark.parametrize("rule", semantic.RULES, ids=lambda rule: rule.__name__)
def test_a_rule_says_what_it_holds_and_fits_a_glance(rule: Rule) -> None:
    assert inspect.getdoc(rule)
    assert len(inspect.getsource(rule).splitlines()) <= 30


@pytest.mark.parametrize("odd", ODD)
def test_resources_of_any_form_are_no_traceback(odd: object, tmp_path: Path) -> None:
    kinds = [
        "AWS::APS::AnomalyDetector",
        "AWS::APS::RuleGroupsNamespace",
        "AWS::APS::Workspace",
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::CompositeAlarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::Events::Rule",
        "AWS::IAM::Role",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
        "AWS::Logs::MetricFilter",
        "AWS::SageMaker::Endpoint",
        "AWS::SageMaker::EndpointConfig",
        "AWS::SageMaker::Model",
        "AWS::SageMaker::Pipeline",
        "AWS::Scheduler::Schedule",
        "AWS::StepFunctions::StateMachine",
        "Custom::Anything",
    ]
    fields = [
        "AlarmActions",
        "AlertManagerDefinition",
        "AlarmName",
        "AlarmRule",
        "Code",
        "Configuration",
        "DashboardBody",
        "Data",
        "DataCaptureConfig",
        "Definition",
        "DeploymentConfig",
        "Dimensions",
        "EndpointName",
        "Environment",
        "EventPattern",
        "FlexibleTimeWindow",
        "Handler",
        "MetricName",
        "MetricTransformations",
        "Metrics",
        "Namespace",
        "PipelineDefinition",
        "Policies",
        "PrimaryContainer",
        "ProductionVariants",
        "ResourceId",
        "Runtime",
        "ScheduleExpression",
        "Threshold",
        "WorkspaceConfiguration",
    ]
    resources = {
        f"R{index}": resource(kind, **dict.fromkeys(fields, odd))
        for index, kind in enumerate(kinds)
    }
    assembly = assembly_of(tmp_path, resources)
    for rule in semantic.RULES:
        list(rule(assembly))
