"""Semantic faults in state machines: states, errors, paths and the requests that they make."""

from __future__ import annotations

from gate.mutation.editing import machine_fault, of_type, rename, request, state, states
from gate.mutation.mutation import Json, NotHereError

_JOB = "createProcessingJob"
_TUNING = "createHyperParameterTuningJob"


@machine_fault("semantic")
def state_next_points_at_nothing(definition: Json) -> None:
    """A state is renamed, but not where it is pointed at."""
    found = next(item for _, item in states(definition) if "Next" in item)
    found["Next"] = f"{found['Next']}s"


@machine_fault("semantic")
def machine_starts_at_nothing(definition: Json) -> None:
    """The first state is none."""
    definition["StartAt"] = "Start"


@machine_fault("semantic")
def state_without_end(definition: Json) -> None:
    """A state neither ends nor goes on."""
    found = next(item for _, item in states(definition) if item.get("End"))
    del found["End"]


@machine_fault("semantic")
def state_unreachable(definition: Json) -> None:
    """Nothing leads to a state any more."""
    definition["States"]["Forgotten"] = {"Type": "Pass", "End": True}


@machine_fault("semantic")
def state_type_misspelt(definition: Json) -> None:
    """A state's type is none."""
    of_type(definition, "Task")["Type"] = "task"


@machine_fault("semantic")
def choice_without_default(definition: Json) -> None:
    """A choice has no answer for what it does not know."""
    del of_type(definition, "Choice")["Default"]


@machine_fault("semantic")
def choice_leads_to_nothing(definition: Json) -> None:
    """A choice leads to a state that is none."""
    of_type(definition, "Choice")["Choices"][0]["Next"] = "Elsewhere"


@machine_fault("semantic")
def choice_operator_misspelt(definition: Json) -> None:
    """A comparison is none that the language has."""
    choice = of_type(definition, "Choice")["Choices"][0]
    rename(choice, next(key for key in choice if key.endswith("Equals")), "StringEqual")


@machine_fault("semantic")
def error_name_misspelt(definition: Json) -> None:
    """A retry waits for an error that no service throws."""
    found = next(item for _, item in states(definition) if "Retry" in item)
    found["Retry"][0]["ErrorEquals"] = ["States.Timedout"]


@machine_fault("semantic")
def all_errors_not_alone(definition: Json) -> None:
    """States.ALL stands beside another error."""
    found = next(item for _, item in states(definition) if "Retry" in item)
    found["Retry"][0]["ErrorEquals"] = ["States.ALL", "States.Timeout"]


@machine_fault("semantic")
def backoff_below_one(definition: Json) -> None:
    """A retry waits less each time."""
    found = next(item for _, item in states(definition) if "Retry" in item)
    found["Retry"][0]["BackoffRate"] = 0.5


@machine_fault("semantic")
def result_path_invalid(definition: Json) -> None:
    """A result path is a name, not a path."""
    next(item for _, item in states(definition) if "ResultPath" in item)["ResultPath"] = "result"


@machine_fault("semantic")
def intrinsic_misspelt(definition: Json) -> None:
    """An intrinsic function is none."""
    parameters = request(definition, "create")
    key = next(name for name, value in parameters.items() if "States.Format" in str(value))
    parameters[key] = parameters[key].replace("States.Format", "States.Fromat")


@machine_fault("semantic")
def path_without_mark(definition: Json) -> None:
    """A path is passed as text: its key lacks `.$`."""
    parameters = request(definition, "create")
    key = next(name for name in parameters if name.endswith(".$"))
    rename(parameters, key, key.removesuffix(".$"))


@machine_fault("semantic")
def path_reads_what_nobody_wrote(definition: Json) -> None:
    """A path reads a result that no state before it writes."""
    parameters = request(definition, "create")
    key = next(name for name, value in parameters.items() if str(value).startswith("$."))
    parameters[key] = "$.nobody.wrote.this"


@machine_fault("semantic")
def integration_service_misspelt(definition: Json) -> None:
    """A task's resource names a service that is none."""
    found = state(definition, "sagemaker:")
    found["Resource"] = found["Resource"].replace("sagemaker:", "sagemakr:")


@machine_fault("semantic")
def integration_operation_misspelt(definition: Json) -> None:
    """A task's resource names an operation that is none."""
    found = state(definition, "sagemaker:create")
    found["Resource"] = found["Resource"].replace(":create", ":run")


@machine_fault("semantic")
def integration_does_not_wait(definition: Json) -> None:
    """A job's state no longer waits for the job, whose result the next one reads."""
    found = state(definition, "Job.sync")
    found["Resource"] = found["Resource"].removesuffix(".sync")


@machine_fault("semantic")
def integration_waits_for_what_has_no_end(definition: Json) -> None:
    """A call that cannot be waited for is waited for."""
    found = state(definition, "sagemaker:createModel")
    found["Resource"] = f"{found['Resource']}.sync"


@machine_fault("semantic")
def job_instance_unknown(definition: Json) -> None:
    """The instance type has lost a letter."""
    resources = request(definition, _JOB)["ProcessingResources"]["ClusterConfig"]
    resources["InstanceType"] = "ml.m5.lage"


@machine_fault("semantic")
def job_disk_beyond_limit(definition: Json) -> None:
    """The disk is in megabytes."""
    resources = request(definition, _JOB)["ProcessingResources"]["ClusterConfig"]
    resources["VolumeSizeInGB"] = 30_000


@machine_fault("semantic")
def job_role_dropped(definition: Json) -> None:
    """A job's request has no role."""
    del request(definition, _JOB)["RoleArn"]


@machine_fault("semantic")
def job_member_misspelt(definition: Json) -> None:
    """A member of a request has lost its plural."""
    rename(request(definition, _JOB), "ProcessingInputs", "ProcessingInput")


@machine_fault("semantic")
def job_member_of_another_request(definition: Json) -> None:
    """A processing job is given what a training job takes."""
    request(definition, _JOB)["ResourceConfig"] = {"InstanceCount": 1}


@machine_fault("semantic")
def job_count_as_text(definition: Json) -> None:
    """A number in a request is text, which the service refuses."""
    request(definition, _JOB)["StoppingCondition"]["MaxRuntimeInSeconds"] = "an hour"


@machine_fault("semantic")
def job_runs_longer_than_allowed(definition: Json) -> None:
    """The longest run is in milliseconds."""
    request(definition, _JOB)["StoppingCondition"]["MaxRuntimeInSeconds"] = 3_600_000


@machine_fault("semantic")
def job_input_type_enum(definition: Json) -> None:
    """The type of an input's data is none of its enum."""
    inputs = request(definition, _JOB)["ProcessingInputs"]
    inputs[0]["S3Input"]["S3DataType"] = "Prefix"


@machine_fault("semantic")
def job_input_without_scheme(definition: Json) -> None:
    """An input's URI is a key, not a URI."""
    inputs = request(definition, _JOB)["ProcessingInputs"]
    inputs[0]["S3Input"]["S3Uri"] = "bucket/model.json"


@machine_fault("semantic")
def job_inputs_of_one_name(definition: Json) -> None:
    """Two inputs have one name."""
    inputs = request(definition, _JOB)["ProcessingInputs"]
    inputs.append(dict(inputs[0]))


@machine_fault("semantic")
def tuning_strategy_enum(definition: Json) -> None:
    """The tuning strategy is none of its enum."""
    request(definition, _TUNING)["HyperParameterTuningJobConfig"]["Strategy"] = "bayes"


@machine_fault("semantic")
def tuning_goal_enum(definition: Json) -> None:
    """The objective is spelt as Britons do."""
    config = request(definition, _TUNING)["HyperParameterTuningJobConfig"]
    config["HyperParameterTuningJobObjective"]["Type"] = "Maximise"


@machine_fault("semantic")
def tuning_metric_undefined(definition: Json) -> None:
    """The objective is a metric that the training job does not define."""
    config = request(definition, _TUNING)["HyperParameterTuningJobConfig"]
    config["HyperParameterTuningJobObjective"]["MetricName"] = "validation:f1"


@machine_fault("semantic")
def tuning_range_reversed(definition: Json) -> None:
    """A range ends before it starts."""
    ranges = request(definition, _TUNING)["HyperParameterTuningJobConfig"]["ParameterRanges"]
    found = next(items[0] for items in ranges.values() if items)
    found["MinValue"], found["MaxValue"] = found["MaxValue"], found["MinValue"]


@machine_fault("semantic")
def tuning_more_at_once_than_in_all(definition: Json) -> None:
    """More jobs may run at once than there are."""
    limits = request(definition, _TUNING)["HyperParameterTuningJobConfig"]["ResourceLimits"]
    limits["MaxParallelTrainingJobs"] = limits["MaxNumberOfTrainingJobs"] + 1


@machine_fault("semantic")
def tuning_parameter_both_fixed_and_tuned(definition: Json) -> None:
    """A hyperparameter is static, and tuned too."""
    tuning = request(definition, _TUNING)
    ranges = tuning["HyperParameterTuningJobConfig"]["ParameterRanges"]
    name = next(items[0]["Name"] for items in ranges.values() if items)
    tuning["TrainingJobDefinition"]["StaticHyperParameters"][name] = "1"


@machine_fault("semantic")
def capture_mode_enum(definition: Json) -> None:
    """What is captured is none of its enum."""
    capture = request(definition, "createEndpointConfig")["DataCaptureConfig"]
    capture["CaptureOptions"][0]["CaptureMode"] = "Request"


@machine_fault("semantic")
def capture_share_beyond_hundred(definition: Json) -> None:
    """More is captured than there is."""
    capture = request(definition, "createEndpointConfig")["DataCaptureConfig"]
    capture["InitialSamplingPercentage"] = 1000


@machine_fault("semantic")
def endpoint_config_member_misspelt(definition: Json) -> None:
    """The variants have lost their adjective."""
    config = request(definition, "createEndpointConfig")
    name = next(key for key in config if key.startswith("ProductionVariants"))
    rename(config, name, name.replace("Production", ""))


@machine_fault("semantic")
def result_selected_that_is_none(definition: Json) -> None:
    """A selector reads a member that the answer has not."""
    for _, found in states(definition):
        selector = found.get("ResultSelector", {})
        for key in selector:
            if key.endswith(".$") and "sync" in found["Resource"]:
                selector[key] = "$.JobName"
                return
    raise NotHereError("ResultSelector")
