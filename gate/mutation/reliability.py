"""Reliability faults: what is lost, what is not retried, what nobody hears of."""

from __future__ import annotations

from gate.mutation.editing import MACHINE, machine_fault, request, state, states
from gate.mutation.mutation import Json, NotHereError, attribute_fault, fault, template_fault

_JOB = "createProcessingJob"
_TUNING = "createHyperParameterTuningJob"


def _kept(resource: Json) -> None:
    if resource.get("DeletionPolicy") != "Retain":
        raise NotHereError("Retain")


@attribute_fault("reliability", "AWS::S3::Bucket")
def bucket_goes_with_its_stack(bucket: Json) -> None:
    """A bucket of a protected stage is deleted with its stack."""
    _kept(bucket)
    bucket["DeletionPolicy"] = bucket["UpdateReplacePolicy"] = "Delete"


@attribute_fault("reliability", "AWS::KMS::Key")
def key_goes_with_its_stack(key: Json) -> None:
    """A key of a protected stage is deleted, and all data with it."""
    _kept(key)
    key["DeletionPolicy"] = key["UpdateReplacePolicy"] = "Delete"


@attribute_fault("reliability", "AWS::ECR::Repository")
def repository_goes_with_its_stack(repository: Json) -> None:
    """A repository of a protected stage is deleted with its stack."""
    _kept(repository)
    repository["DeletionPolicy"] = repository["UpdateReplacePolicy"] = "Delete"


@attribute_fault("reliability", "AWS::S3::Bucket")
def bucket_lost_in_replacement(bucket: Json) -> None:
    """A bucket outlives its stack, but no replacement."""
    _kept(bucket)
    bucket["UpdateReplacePolicy"] = "Delete"


@attribute_fault("reliability", "AWS::KMS::Key", "AWS::S3::Bucket")
def retention_forgotten(resource: Json) -> None:
    """Nothing is said of what happens to data."""
    del resource["DeletionPolicy"]


@attribute_fault("reliability", "AWS::S3::Bucket")
def replacement_forgotten(bucket: Json) -> None:
    """Nothing is said of what a replacement does to data."""
    del bucket["UpdateReplacePolicy"]


@fault("reliability", "AWS::S3::Bucket")
def bucket_versions_suspended(bucket: Json) -> None:
    """What is overwritten is lost."""
    bucket["VersioningConfiguration"]["Status"] = "Suspended"


@fault("reliability", "AWS::S3::Bucket")
def bucket_lifecycle_dropped(bucket: Json) -> None:
    """Nothing ever ends in a bucket."""
    del bucket["LifecycleConfiguration"]


@fault("reliability", "AWS::S3::Bucket")
def bucket_lifecycle_disabled(bucket: Json) -> None:
    """A lifecycle rule is switched off."""
    bucket["LifecycleConfiguration"]["Rules"][0]["Status"] = "Disabled"


@fault("reliability", "AWS::S3::Bucket")
def bucket_old_versions_for_ever(bucket: Json) -> None:
    """Old versions never end."""
    for rule in bucket["LifecycleConfiguration"]["Rules"]:
        rule.pop("NoncurrentVersionExpiration", None)


@attribute_fault("reliability", "AWS::S3::Bucket")
def bucket_emptied_daily(bucket: Json) -> None:
    """A bucket that is retained is emptied every day."""
    _kept(bucket)
    bucket["Properties"]["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] = 1


@fault("reliability", "AWS::ECR::Repository")
def images_for_ever(repository: Json) -> None:
    """Old images never end."""
    del repository["LifecyclePolicy"]


@fault("reliability", "AWS::Logs::LogGroup")
def logs_for_ever(group: Json) -> None:
    """Logs never end."""
    del group["RetentionInDays"]


@fault("reliability", "AWS::SQS::Queue")
def dead_letters_for_a_quarter(queue: Json) -> None:
    """Dead letters are kept for 14 minutes, not days."""
    queue["MessageRetentionPeriod"] = 14 * 60


@template_fault("reliability")
def queue_deleted(template: Json) -> None:
    """A queue is deleted, and what points at it is not."""
    found = [
        key for key, item in template["Resources"].items() if item["Type"] == "AWS::SQS::Queue"
    ]
    del template["Resources"][found[0]]


@fault("reliability", "AWS::Scheduler::Schedule")
def schedule_dead_letters_dropped(schedule: Json) -> None:
    """What a schedule could not start is lost."""
    del schedule["Target"]["DeadLetterConfig"]


@fault("reliability", "AWS::Scheduler::Schedule")
def schedule_never_retries(schedule: Json) -> None:
    """One throttled call loses a run."""
    schedule["Target"]["RetryPolicy"]["MaximumRetryAttempts"] = 0


@fault("reliability", "AWS::Scheduler::Schedule")
def schedule_disabled(schedule: Json) -> None:
    """A schedule was switched off for a test."""
    schedule["State"] = "DISABLED"


@fault("reliability", "AWS::Events::Rule")
def rule_disabled(rule: Json) -> None:
    """A rule was switched off for a test."""
    rule["State"] = "DISABLED"


@fault("reliability", "AWS::Events::Rule")
def rule_dead_letters_dropped(rule: Json) -> None:
    """What a rule could not deliver is lost."""
    del rule["Targets"][0]["DeadLetterConfig"]


@fault("reliability", "AWS::Events::Rule")
def rule_without_target(rule: Json) -> None:
    """A rule does nothing."""
    rule["Targets"] = []


@fault("reliability", "AWS::Lambda::Function")
def function_timeout_dropped(function: Json) -> None:
    """A function has three seconds."""
    del function["Timeout"]


@fault("reliability", "AWS::Lambda::Function")
def function_timeout_of_a_second(function: Json) -> None:
    """A function has a second."""
    function["Timeout"] = 1


@fault("reliability", "AWS::Lambda::Function")
def function_never_runs(function: Json) -> None:
    """A function has no concurrency."""
    function["ReservedConcurrentExecutions"] = 0


@fault("reliability", "AWS::Lambda::Function")
def function_log_group_dropped(function: Json) -> None:
    """A function's logs go to a group that never ends."""
    del function["LoggingConfig"]


@machine_fault("reliability")
def state_never_retries(definition: Json) -> None:
    """One throttled call ends an execution."""
    del next(item for _, item in states(definition) if "Retry" in item)["Retry"]


@machine_fault("reliability")
def state_retries_no_time(definition: Json) -> None:
    """A retry retries no time."""
    found = next(item for _, item in states(definition) if "Retry" in item)
    found["Retry"][0]["MaxAttempts"] = 0


@machine_fault("reliability")
def job_never_stopped(definition: Json) -> None:
    """A job that hangs runs for days."""
    del request(definition, _JOB)["StoppingCondition"]


@machine_fault("reliability")
def job_stopped_at_once(definition: Json) -> None:
    """The longest run of a job is in minutes."""
    request(definition, _JOB)["StoppingCondition"]["MaxRuntimeInSeconds"] = 60


@machine_fault("reliability")
def training_never_stopped(definition: Json) -> None:
    """A training job that hangs runs for days."""
    del request(definition, _TUNING)["TrainingJobDefinition"]["StoppingCondition"]


@machine_fault("reliability")
def state_given_up_before_its_job(definition: Json) -> None:
    """A state gives up its job while it runs."""
    state(definition, f"{_JOB}.sync")["TimeoutSeconds"] = 60


@machine_fault("reliability")
def machine_ends_before_its_states(definition: Json) -> None:
    """A machine's limit is in minutes."""
    definition["TimeoutSeconds"] = definition["TimeoutSeconds"] // 60


@machine_fault("reliability")
def machine_without_limit(definition: Json) -> None:
    """Nothing ends an execution."""
    del definition["TimeoutSeconds"]
    for _, found in states(definition):
        found.pop("TimeoutSeconds", None)


@machine_fault("reliability")
def capture_off(definition: Json) -> None:
    """Nothing is captured."""
    request(definition, "createEndpointConfig")["DataCaptureConfig"]["EnableCapture"] = False


@machine_fault("reliability")
def capture_dropped(definition: Json) -> None:
    """Nothing says what is captured."""
    del request(definition, "createEndpointConfig")["DataCaptureConfig"]


@machine_fault("reliability")
def capture_of_nothing(definition: Json) -> None:
    """No share of requests is captured."""
    capture = request(definition, "createEndpointConfig")["DataCaptureConfig"]
    capture["InitialSamplingPercentage"] = 0


@machine_fault("reliability")
def answers_not_captured(definition: Json) -> None:
    """Answers are not captured."""
    capture = request(definition, "createEndpointConfig")["DataCaptureConfig"]
    capture["CaptureOptions"] = [{"CaptureMode": "Input"}]


@machine_fault("reliability")
def capture_into_nothing(definition: Json) -> None:
    """What is captured goes into a bucket that nobody makes."""
    capture = request(definition, "createEndpointConfig")["DataCaptureConfig"]
    capture["DestinationS3Uri"] = "s3://capture-of-somebody/capture"


@machine_fault("reliability")
def rollback_dropped(definition: Json) -> None:
    """No alarm takes a bad version back."""
    del request(definition, "updateEndpoint")["DeploymentConfig"]["AutoRollbackConfiguration"]


@machine_fault("reliability")
def rollback_alarm_unknown(definition: Json) -> None:
    """A roll-back waits for an alarm that is none."""
    config = request(definition, "updateEndpoint")["DeploymentConfig"]
    config["AutoRollbackConfiguration"]["Alarms"][0]["AlarmName"] = "endpoint-errors"


@machine_fault("reliability")
def all_users_at_once(definition: Json) -> None:
    """The canary is everybody."""
    config = request(definition, "updateEndpoint")["DeploymentConfig"]["BlueGreenUpdatePolicy"]
    config["TrafficRoutingConfiguration"]["CanarySize"]["Value"] = 100


@fault("reliability", "AWS::CloudWatch::Alarm")
def alarm_deaf_to_silence(alarm: Json) -> None:
    """Silence, which was a fault, is fine."""
    if alarm["TreatMissingData"] != "breaching":
        raise NotHereError("breaching")
    alarm["TreatMissingData"] = "notBreaching"


@fault("reliability", "AWS::CloudWatch::Alarm")
def alarm_silent_about_silence(alarm: Json) -> None:
    """Nothing is said of silence."""
    del alarm["TreatMissingData"]


@fault("reliability", "AWS::CloudWatch::Alarm")
def alarm_heard_by_nobody(alarm: Json) -> None:
    """An alarm has no action."""
    del alarm["AlarmActions"]


@fault("reliability", "AWS::CloudWatch::Alarm")
def alarm_actions_off(alarm: Json) -> None:
    """An alarm's actions were switched off for a test."""
    alarm["ActionsEnabled"] = False


@fault("reliability", "AWS::CloudWatch::Alarm")
def alarm_reversed(alarm: Json) -> None:
    """An alarm goes off when all is well."""
    operator = alarm["ComparisonOperator"]
    swapped = operator.replace("GreaterThan", "LessThan").replace("Upper", "Lower")
    alarm["ComparisonOperator"] = swapped


@fault("reliability", "AWS::CloudWatch::Alarm")
def alarm_never_reached(alarm: Json) -> None:
    """More points are needed than are looked at."""
    alarm["DatapointsToAlarm"] = alarm["EvaluationPeriods"] + 1


@fault("reliability", "AWS::CloudWatch::Alarm")
def alarm_latency_in_milliseconds(alarm: Json) -> None:
    """A threshold in microseconds is in milliseconds."""
    if "Latency" not in alarm["MetricName"]:
        raise NotHereError("Latency")
    alarm["Threshold"] = alarm["Threshold"] / 1000


@fault("reliability", "AWS::CloudWatch::Alarm")
def alarm_period_in_minutes(alarm: Json) -> None:
    """A period is in minutes."""
    alarm["Period"] = 5


@fault("reliability", "AWS::ApplicationAutoScaling::ScalableTarget")
def scaling_without_room(target: Json) -> None:
    """The least is the most."""
    target["MinCapacity"] = target["MaxCapacity"]


@fault("reliability", "AWS::ApplicationAutoScaling::ScalingPolicy")
def scaling_target_of_nothing(policy: Json) -> None:
    """The tracked value is 0."""
    policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] = 0


@fault("reliability", "AWS::Budgets::Budget")
def budget_tells_nobody(budget: Json) -> None:
    """A budget has nobody to tell."""
    budget["NotificationsWithSubscribers"] = []


@fault("reliability", "AWS::Budgets::Budget")
def budget_tells_too_late(budget: Json) -> None:
    """A budget tells at eighty times its limit."""
    budget["NotificationsWithSubscribers"][0]["Notification"]["Threshold"] = 8000


@fault("reliability", "AWS::Athena::WorkGroup")
def queries_without_limit(group: Json) -> None:
    """A query may read everything."""
    del group["WorkGroupConfiguration"]["BytesScannedCutoffPerQuery"]


@fault("reliability", "AWS::EMRServerless::Application")
def cluster_without_limit(application: Json) -> None:
    """A cluster may grow for ever."""
    del application["MaximumCapacity"]


@template_fault("reliability")
def alarm_deleted(template: Json) -> None:
    """An alarm is deleted, and what waits for it is not."""
    for name, item in template["Resources"].items():
        if item["Type"] == "AWS::CloudWatch::Alarm":
            del template["Resources"][name]
            return
    raise NotHereError("alarm")


@fault("reliability", MACHINE)
def machine_of_another_kind(machine: Json) -> None:
    """A machine that waits for jobs is one that cannot wait."""
    machine["StateMachineType"] = "EXPRESS"
