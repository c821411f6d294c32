"""Semantic faults in how a state machine runs: its loops, answers, jobs and their data."""

from __future__ import annotations

from gate.mutation.editing import machine_fault, of_type, request, state, states
from gate.mutation.mutation import Json, NotHereError

_JOB = "createProcessingJob"
_TUNING = "createHyperParameterTuningJob"


@machine_fault("semantic")
def job_not_waited_for(definition: Json) -> None:
    """A job is only started, though the next state reads what it writes."""
    found = state(definition, f"{_JOB}.sync")
    if not found["Parameters"]["ProcessingOutputConfig"]["Outputs"]:
        raise NotHereError("Outputs")
    found["Resource"] = found["Resource"].removesuffix(".sync")
    found["ResultSelector"] = {"job.$": "$.ProcessingJobArn"}


@machine_fault("semantic")
def job_name_the_same_each_time(definition: Json) -> None:
    """A job has a fixed name, which is taken from the second run on."""
    parameters = request(definition, _JOB)
    del parameters["ProcessingJobName.$"]
    parameters["ProcessingJobName"] = "nightly"


@machine_fault("semantic")
def job_name_formatted_of_nothing(definition: Json) -> None:
    """A model's name is made by an intrinsic, but of nothing that differs."""
    parameters = request(definition, "createModel")
    parameters["ModelName.$"] = "States.Format('champion')"


@machine_fault("semantic")
def training_reads_what_nobody_writes(definition: Json) -> None:
    """A channel of the training is a folder of the run that no job writes."""
    for channel in request(definition, _TUNING)["TrainingJobDefinition"]["InputDataConfig"]:
        source = channel["DataSource"]["S3DataSource"]
        if "validation" in source.get("S3Uri.$", ""):
            source["S3Uri.$"] = source["S3Uri.$"].replace("validation", "valid")
            return
    raise NotHereError("validation")


@machine_fault("semantic")
def job_that_calls_is_isolated(definition: Json) -> None:
    """A job whose code calls services is cut off from the network."""
    for _, found in states(definition):
        if _JOB in str(found.get("Resource")):
            network = found["Parameters"]["NetworkConfig"]
            if not network["EnableNetworkIsolation"]:
                network["EnableNetworkIsolation"] = True
                return
    raise NotHereError("NetworkConfig")


@machine_fault("semantic")
def objective_the_wrong_way(definition: Json) -> None:
    """A score is minimised: the worst trial becomes the version."""
    config = request(definition, _TUNING)["HyperParameterTuningJobConfig"]
    config["HyperParameterTuningJobObjective"]["Type"] = "Minimize"


@machine_fault("semantic")
def boolean_compared_as_text(definition: Json) -> None:
    """A choice compares a function's boolean with the text 'true'."""
    for _, found in states(definition):
        for rule in found.get("Choices", []):
            if rule.get("BooleanEquals") is True:
                del rule["BooleanEquals"]
                rule["StringEquals"] = "true"
                return
    raise NotHereError("BooleanEquals")


@machine_fault("semantic")
def text_compared_as_number(definition: Json) -> None:
    """A choice compares a service's status with a number."""
    rule = _status_rule(definition)
    del rule["StringEquals"]
    rule["NumericEquals"] = 1


@machine_fault("semantic")
def status_that_is_none(definition: Json) -> None:
    """A choice waits for a status that the service has not."""
    _status_rule(definition)["StringEquals"] = "IN_SERVICE"


@machine_fault("semantic")
def status_under_way_forgotten(definition: Json) -> None:
    """What is still being updated counts as failed."""
    for _, found in states(definition):
        for rule in found.get("Choices", []):
            parts = rule.get("Or", [])
            kept = [part for part in parts if part.get("StringEquals") != "Updating"]
            if kept and kept != parts:
                rule["Or"] = kept
                return
    raise NotHereError("Updating")


@machine_fault("semantic")
def loop_without_a_look(definition: Json) -> None:
    """A wait goes back to the choice, not to the state that asks."""
    wait = of_type(definition, "Wait")
    wait["Next"] = definition["States"][wait["Next"]]["Next"]


@machine_fault("semantic")
def error_caught_without_prefix(definition: Json) -> None:
    """A catch names an error without its service."""
    for _, found in states(definition):
        for handler in found.get("Catch", []):
            names = handler["ErrorEquals"]
            if "aws-sdk" in found["Resource"] and not names[0].startswith("States."):
                handler["ErrorEquals"] = [names[0].rpartition(".")[2]]
                return
    raise NotHereError("Catch")


@machine_fault("reliability")
def error_retried_in_another_spelling(definition: Json) -> None:
    """A retry waits for an error whose service is spelt otherwise."""
    found = state(definition, "aws-sdk:sagemaker:")
    found["Retry"][0]["ErrorEquals"] = ["Sagemaker.SageMakerException"]


@machine_fault("reliability")
def error_retried_of_another_service(definition: Json) -> None:
    """A retry was copied from a state that calls another service."""
    found = state(definition, "aws-sdk:sagemaker:")
    found["Retry"][0]["ErrorEquals"] = ["DynamoDb.ThrottlingException"]


@machine_fault("semantic")
def rollback_alarm_by_arn(definition: Json) -> None:
    """An alarm that takes a release back is named by an ARN."""
    alarm = request(definition, "updateEndpoint")["DeploymentConfig"]["AutoRollbackConfiguration"]
    name = alarm["Alarms"][0]["AlarmName"]
    alarm["Alarms"][0]["AlarmName"] = f"arn:aws:cloudwatch:eu-west-1:111111111111:alarm:{name}"


@machine_fault("reliability")
def deployment_shorter_than_its_waits(definition: Json) -> None:
    """A deployment may take no longer than its waits."""
    policy = _blue_green(definition)
    policy["TerminationWaitInSeconds"] = policy["MaximumExecutionTimeoutInSeconds"] = 600


@machine_fault("reliability")
def deployment_of_many_small_steps(definition: Json) -> None:
    """Traffic shifts in many steps, and the time is still that of a canary."""
    policy = _blue_green(definition)
    routing = policy["TrafficRoutingConfiguration"]
    size = routing.pop("CanarySize")
    routing.update(Type="LINEAR", LinearStepSize={**size, "Value": 5})


@machine_fault("security")
def training_outside_the_network(definition: Json) -> None:
    """Training runs outside of the network that all other jobs run in."""
    del request(definition, _TUNING)["TrainingJobDefinition"]["VpcConfig"]


@machine_fault("schema")
def map_mode_in_small_letters(definition: Json) -> None:
    """A Map's mode is written in small letters."""
    for _, found in states(definition):
        if "ItemProcessor" in found:
            found["ItemProcessor"]["ProcessorConfig"] = {"Mode": "inline"}
            return
    raise NotHereError("ItemProcessor")


@machine_fault("reliability")
def branch_lets_its_failure_out(definition: Json) -> None:
    """One branch no longer catches, so that its failure ends the other."""
    for _, found in states(definition):
        for branch in found.get("Branches", [])[:1]:
            for inner in branch["States"].values():
                inner.pop("Catch", None)
            return
    raise NotHereError("Branches")


def _status_rule(definition: Json) -> Json:
    for _, found in states(definition):
        for rule in found.get("Choices", []):
            for part in (rule, *rule.get("Or", [])):
                if part.get("StringEquals") == "InService":
                    found_part: Json = part
                    return found_part
    raise NotHereError("InService")


def _blue_green(definition: Json) -> Json:
    for _, found in states(definition):
        config = found.get("Parameters", {}).get("DeploymentConfig", {})
        if "BlueGreenUpdatePolicy" in config:
            policy: Json = config["BlueGreenUpdatePolicy"]
            return policy
    raise NotHereError("BlueGreenUpdatePolicy")
