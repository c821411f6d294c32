"""Schema faults in what runs: functions, machines, roles, alarms, schedules, workspaces."""

from __future__ import annotations

from gate.mutation.editing import MACHINE, rename, statements
from gate.mutation.mutation import Json, fault


@fault("schema", "AWS::Lambda::Function")
def function_runtime_enum(function: Json) -> None:
    """The digits of the runtime are swapped."""
    function["Runtime"] = "python3.31"


@fault("schema", "AWS::Lambda::Function")
def function_runtime_ended(function: Json) -> None:
    """The runtime is one that Lambda no longer creates."""
    function["Runtime"] = "python3.7"


@fault("schema", "AWS::Lambda::Function")
def function_memory_too_large(function: Json) -> None:
    """Memory is in kilobytes."""
    function["MemorySize"] = 262_144


@fault("schema", "AWS::Lambda::Function")
def function_timeout_in_milliseconds(function: Json) -> None:
    """The timeout is in milliseconds."""
    function["Timeout"] = 30_000


@fault("schema", "AWS::Lambda::Function")
def function_role_dropped(function: Json) -> None:
    """A function has no role, which it needs."""
    del function["Role"]


@fault("schema", "AWS::Lambda::Function")
def function_code_dropped(function: Json) -> None:
    """A function has no code, which it needs."""
    del function["Code"]


@fault("schema", "AWS::Lambda::Function")
def function_architecture_enum(function: Json) -> None:
    """The architecture is written as others write it."""
    function["Architectures"] = ["amd64"]


@fault("schema", "AWS::Lambda::Function")
def function_environment_flat(function: Json) -> None:
    """Variables stand one level too high."""
    function["Environment"] = dict(function["Environment"]["Variables"])


@fault("schema", "AWS::Lambda::Function")
def function_timeout_misspelt(function: Json) -> None:
    """A property has a small letter."""
    rename(function, "Timeout", "timeout")


@fault("schema", "AWS::IAM::Role")
def role_trust_dropped(role: Json) -> None:
    """A role says not who may assume it."""
    del role["AssumeRolePolicyDocument"]


@fault("schema", "AWS::IAM::Role")
def role_trust_action_misspelt(role: Json) -> None:
    """The action of a trust policy is none."""
    statements(role)[0]["Action"] = "sts:AssumesRole"


@fault("schema", "AWS::IAM::Policy")
def policy_version_unknown(policy: Json) -> None:
    """A policy's version is the day somebody wrote it."""
    policy["PolicyDocument"]["Version"] = "2025-06-01"


@fault("schema", "AWS::IAM::Policy")
def policy_action_without_service(policy: Json) -> None:
    """An action has lost its service."""
    statements(policy)[0]["Action"] = ["GetObject"]


@fault("schema", "AWS::IAM::Policy")
def policy_action_unknown(policy: Json) -> None:
    """An action is one that the service has not."""
    statements(policy)[0]["Action"] = ["s3:ReadObject"]


@fault("schema", "AWS::IAM::Policy")
def policy_resource_dropped(policy: Json) -> None:
    """A statement has no resource, which it needs."""
    del statements(policy)[0]["Resource"]


@fault("schema", "AWS::IAM::Policy")
def policy_condition_operator_unknown(policy: Json) -> None:
    """A condition's operator is none."""
    statement = next(item for item in statements(policy) if "Condition" in item)
    statement["Condition"] = {"StringEqual": {"aws:SourceAccount": "111111111111"}}


@fault("schema", "AWS::Logs::LogGroup")
def log_retention_not_offered(group: Json) -> None:
    """Logs are to be kept for a number of days that is not offered."""
    group["RetentionInDays"] = 15


@fault("schema", MACHINE)
def machine_role_dropped(machine: Json) -> None:
    """A state machine has no role, which it needs."""
    del machine["RoleArn"]


@fault("schema", MACHINE)
def machine_log_level_enum(machine: Json) -> None:
    """The log level is one of another library."""
    machine["LoggingConfiguration"]["Level"] = "WARN"


@fault("schema", MACHINE)
def machine_tracing_misspelt(machine: Json) -> None:
    """Tracing has the name that a function's has."""
    rename(machine, "TracingConfiguration", "TracingConfig")


@fault("schema", "AWS::Events::Rule")
def rule_state_enum(rule: Json) -> None:
    """A rule's state is none of its enum."""
    rule["State"] = "ON"


@fault("schema", "AWS::Events::Rule")
def rule_target_id_dropped(rule: Json) -> None:
    """A target has no id, which it needs."""
    del rule["Targets"][0]["Id"]


@fault("schema", "AWS::Scheduler::Schedule")
def schedule_window_dropped(schedule: Json) -> None:
    """A schedule says not how flexible it is."""
    del schedule["FlexibleTimeWindow"]


@fault("schema", "AWS::Scheduler::Schedule")
def schedule_window_enum(schedule: Json) -> None:
    """The mode of the window is none of its enum."""
    schedule["FlexibleTimeWindow"]["Mode"] = "NONE"


@fault("schema", "AWS::Scheduler::Schedule")
def schedule_role_dropped(schedule: Json) -> None:
    """A schedule's target has no role, which it needs."""
    del schedule["Target"]["RoleArn"]


@fault("schema", "AWS::Scheduler::Schedule")
def schedule_retries_beyond_limit(schedule: Json) -> None:
    """A schedule retries more often than Scheduler does."""
    schedule["Target"]["RetryPolicy"]["MaximumRetryAttempts"] = 300


@fault("schema", "AWS::APS::RuleGroupsNamespace")
def rules_without_workspace(rules: Json) -> None:
    """A namespace of rules says not in which workspace."""
    del rules["Workspace"]


@fault("schema", "AWS::SageMaker::MlflowApp")
def mlflow_mode_enum(app: Json) -> None:
    """The registration mode is a truth value."""
    app["ModelRegistrationMode"] = "Disabled"


@fault("schema", "AWS::SageMaker::ModelPackageGroup")
def package_group_name_pattern(group: Json) -> None:
    """The group's name has a character that SageMaker refuses."""
    group["ModelPackageGroupName"] = "flight_delays!"


@fault("schema", "AWS::CloudWatch::Alarm")
def alarm_operator_enum(alarm: Json) -> None:
    """The comparison is none of its enum."""
    alarm["ComparisonOperator"] = "GreaterThan"


@fault("schema", "AWS::CloudWatch::Alarm")
def alarm_statistic_enum(alarm: Json) -> None:
    """The statistic is none of its enum."""
    alarm["Statistic"] = "Mean"


@fault("schema", "AWS::CloudWatch::Alarm")
def alarm_periods_dropped(alarm: Json) -> None:
    """An alarm says not over how many periods."""
    del alarm["EvaluationPeriods"]


@fault("schema", "AWS::CloudWatch::Alarm")
def alarm_treatment_enum(alarm: Json) -> None:
    """The treatment of missing data has another case."""
    alarm["TreatMissingData"] = "NotBreaching"


@fault("schema", "AWS::Chatbot::SlackChannelConfiguration")
def slack_channel_dropped(channel: Json) -> None:
    """The channel's id is missing."""
    del channel["SlackChannelId"]


@fault("schema", "AWS::OpenSearchService::Domain")
def search_instance_enum(domain: Json) -> None:
    """The instance type lacks its end."""
    domain["ClusterConfig"]["InstanceType"] = "t3.small"


@fault("schema", "AWS::Grafana::Workspace")
def grafana_access_enum(workspace: Json) -> None:
    """The access type is none of its enum."""
    workspace["AccountAccessType"] = "ACCOUNT"


@fault("schema", "AWS::EC2::VPC")
def network_cidr_invalid(vpc: Json) -> None:
    """The network's range has a number over 255."""
    vpc["CidrBlock"] = "10.256.0.0/16"
