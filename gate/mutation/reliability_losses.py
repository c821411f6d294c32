"""Reliability faults of what is lost unseen: errors, jobs, objects and alerts."""

from __future__ import annotations

import re

from gate.mutation.editing import edit_text, machine_fault, replace_in, state, states
from gate.mutation.mutation import Json, NotHereError, fault

_WORKSPACE = "AWS::APS::Workspace"
_ROUTING = "AlertManagerDefinition"


@machine_fault("reliability")
def catch_that_replaces_all(definition: Json) -> None:
    """A caught error takes the place of all data, and the choice after it finds none."""
    for _, found in states(definition):
        for handler in found.get("Catch", []):
            if handler.pop("ResultPath", None) is not None:
                return
    raise NotHereError("ResultPath")


@machine_fault("reliability")
def catch_under_another_name(definition: Json) -> None:
    """A caught error is put where the choice after it does not look."""
    for _, found in states(definition):
        for handler in found.get("Catch", []):
            if "ResultPath" in handler:
                handler["ResultPath"] = "$.caught"
                return
    raise NotHereError("ResultPath")


@machine_fault("reliability")
def failure_found_and_forgotten(definition: Json) -> None:
    """What a choice finds failed ends as a success."""
    for name, found in states(definition):
        if found["Type"] == "Fail" and "ErrorPath" in found:
            definition["States"][name] = {"Type": "Succeed"}
            return
    raise NotHereError("ErrorPath")


@machine_fault("reliability")
def tuning_given_up_too_soon(definition: Json) -> None:
    """A state gives up its tuning job while trials may still run."""
    state(definition, "createHyperParameterTuningJob")["TimeoutSeconds"] = 3600


@fault("reliability", "AWS::S3::Bucket")
def expiry_of_results_for_all(bucket: Json) -> None:
    """A rule that is meant for the results of queries lets everything expire."""
    for rule in bucket["LifecycleConfiguration"]["Rules"]:
        if "ExpirationInDays" in rule and "Prefix" in rule:
            del rule["Prefix"]
            return
    raise NotHereError("Prefix")


@fault("reliability", _WORKSPACE)
def alert_mutes_all_others(workspace: Json) -> None:
    """A critical alert of one model mutes the warnings of all."""
    edit_text(
        workspace, _ROUTING, lambda text: re.sub(r"equal:(\\n *- \w+)+", "equal: []", text, count=1)
    )


@fault("reliability", "AWS::APS::RuleGroupsNamespace")
def severity_shortened(namespace: Json) -> None:
    """The severity of an alert is shortened to a word that no route knows."""
    replace_in(namespace, "Data", "severity: critical", "severity: crit")
