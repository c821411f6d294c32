"""The posture rules: silent on what is sound, and each heard where it is broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gate.posture import RULES
from tests.gate.posture.sound import (
    ALLOW_S3,
    LIFECYCLE,
    ROOT,
    SOUND,
    UNTAGGED,
    Json,
    alarm,
    arn,
    assembly,
    changed,
    found,
    resource,
    variant,
)

_STATES = "Machine.Properties.Definition.States"
_PREPARE = f"{_STATES}.Prepare.Parameters"
_TRAINING = f"{_STATES}.Together.Branches.0.States.Tune.Parameters.TrainingJobDefinition"
_CAPTURE = f"{_STATES}.Config.Parameters.DataCaptureConfig"
_ROUTING = f"{_STATES}.Update.Parameters.DeploymentConfig.BlueGreenUpdatePolicy"
_LIFECYCLE = "Data.Properties.LifecycleConfiguration.Rules"
_RETRY = "Rule.Properties.Targets.0.RetryPolicy"
_TRACKING = "Scaling.Properties.TargetTrackingScalingPolicyConfiguration"
_ANYBODY: list[Json] = [{"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}]
_REGISTRY = "111111111111.dkr.ecr.eu-west-1.amazonaws.com"
_LEFT: None = None

_IMAGES = "Repository.Properties.LifecyclePolicy.LifecyclePolicyText"
_SUBSCRIBERS = "Budget.Properties.NotificationsWithSubscribers.0.Subscribers"
_BUILD = "Build.Properties.Environment.EnvironmentVariables"


def _rules(*rules: Json) -> str:
    return json.dumps({"rules": rules})


def _counted(**selection: object) -> Json:
    return {**LIFECYCLE, "selection": {**LIFECYCLE["selection"], **selection}}


# Rule, the resource that it names, and the change that it is to find.
CASES: list[tuple[str, str, str, object]] = [
    ("alarm-numbers", "Watched", "Watched.Properties.DatapointsToAlarm", 4),
    ("alarm-numbers", "Watched", "Watched.Properties.Period", 90),
    ("alarm-numbers", "Watched", "Watched.Properties.EvaluationPeriods", 1441),
    ("alarm-numbers", "Watched", "Watched.Properties.Threshold", 200),
    ("alarm-numbers", "Errors", "Errors.Properties.Threshold", 5),
    ("alarm-numbers", "Errors", "Errors.Properties.EvaluationPeriods", _LEFT),
    ("alarm-reversed", "Errors", "Errors.Properties.ComparisonOperator", "LessThanThreshold"),
    ("alarm-silence", "Watched", "Watched.Properties.TreatMissingData", _LEFT),
    ("alarm-statistic", "Watched", "Watched.Properties.Statistic", "Sum"),
    ("alarm-unheard", "Errors", "Errors.Properties.AlarmActions", []),
    ("alarm-unheard", "Errors", "Errors.Properties.ActionsEnabled", False),
    ("bucket-access-log", "Data", "Data.Properties.LoggingConfiguration", _LEFT),
    ("bucket-key", "Data", "Data.Properties.BucketEncryption", _LEFT),
    (
        "bucket-key-cost",
        "Data",
        "Data.Properties.BucketEncryption.ServerSideEncryptionConfiguration.0.BucketKeyEnabled",
        _LEFT,
    ),
    ("bucket-lifecycle", "Data", f"{_LIFECYCLE}.0.Status", "Disabled"),
    ("bucket-lifecycle", "Data", f"{_LIFECYCLE}.0.ExpirationInDays", 1),
    ("bucket-old-versions", "Data", f"{_LIFECYCLE}.0.NoncurrentVersionExpiration", _LEFT),
    ("bucket-ownership", "Data", "Data.Properties.OwnershipControls", _LEFT),
    ("bucket-public", "Data", "Data.Properties.AccessControl", "PublicRead"),
    (
        "bucket-public",
        "Data",
        "Data.Properties.PublicAccessBlockConfiguration.BlockPublicPolicy",
        _LEFT,
    ),
    ("bucket-uploads", "Data", f"{_LIFECYCLE}.0.AbortIncompleteMultipartUpload", _LEFT),
    ("bucket-versioned", "Data", "Data.Properties.VersioningConfiguration.Status", "Suspended"),
    ("budget", "Budget", "Budget.Properties.NotificationsWithSubscribers", []),
    ("budget", "Budget", "Budget.Properties.Budget.BudgetLimit.Amount", 0),
    ("budget", "Budget", _SUBSCRIBERS, [{"SubscriptionType": "SNS"}] * 2),
    ("budget", "Budget", _SUBSCRIBERS, [{"SubscriptionType": "EMAIL"}] * 11),
    ("chat-guardrail", "Chat", "Chat.Properties.GuardrailPolicies", _LEFT),
    (
        "identity-broad",
        "Chat",
        "Chat.Properties.GuardrailPolicies",
        ["arn:aws:iam::aws:policy/AdministratorAccess"],
    ),
    ("catalogue-key", "Job", "Job.Properties.SecurityConfiguration", _LEFT),
    ("catalogue-key", "Crawler", "Crawler.Properties.CrawlerSecurityConfiguration", _LEFT),
    ("cluster-bounds", "Spark", "Spark.Properties.MaximumCapacity", _LEFT),
    ("dead-letter-count", "Queue", "Queue.Properties.RedrivePolicy.maxReceiveCount", 1),
    ("dead-letter-kind", "Queue", "Queue.Properties.FifoQueue", True),
    ("dead-letter-retention", "Dead", "Dead.Properties.MessageRetentionPeriod", 840),
    ("dead-letter-unwatched", "Dead", "DeadLetters", _LEFT),
    ("dead-letter-unwatched", "Dead", "DeadLetters.Properties.MetricName", "NumberOfMessagesSent"),
    (
        "dead-letter-self",
        "Queue",
        "Queue.Properties.RedrivePolicy.deadLetterTargetArn",
        arn("Queue"),
    ),
    ("delivery", "Invoked", "Invoked.Properties.DestinationConfig", _LEFT),
    ("delivery", "Rule", f"{_RETRY}.MaximumEventAgeInSeconds", 60),
    ("delivery", "Rule", f"{_RETRY}.MaximumRetryAttempts", 0),
    ("delivery", "Rule", "Rule.Properties.Targets", []),
    ("delivery", "Rule", "Rule.Properties.Targets.0.DeadLetterConfig", _LEFT),
    ("delivery", "Schedule", "Schedule.Properties.Target.DeadLetterConfig", _LEFT),
    ("delivery", "Subscription", "Subscription.Properties.Protocol", "mail"),
    ("delivery-input", "Schedule", "Schedule.Properties.Target.Input", "{window: due}"),
    ("delivery-target", "Schedule", "Schedule.Properties.Target.Arn", arn("Role")),
    ("delivery", "Subscription", "Subscription.Properties.Endpoint", _LEFT),
    ("disabled", "Rule", "Rule.Properties.State", "DISABLED"),
    ("disabled", "Schedule", "Schedule.Properties.State", "DISABLED"),
    ("disabled", "Source", "Source.Properties.Enabled", False),
    ("endpoint-capture", "Machine", _CAPTURE, _LEFT),
    ("endpoint-capture", "Machine", f"{_CAPTURE}.CaptureOptions", [{"CaptureMode": "Input"}]),
    ("endpoint-capture", "Machine", f"{_CAPTURE}.InitialSamplingPercentage", 0),
    ("endpoint-disk-key", "Machine", f"{_STATES}.Config.Parameters.KmsKeyId", _LEFT),
    (
        "endpoint-rollback",
        "Machine",
        f"{_STATES}.Update.Parameters.DeploymentConfig.AutoRollbackConfiguration",
        _LEFT,
    ),
    (
        "endpoint-traffic",
        "Machine",
        f"{_ROUTING}.TrafficRoutingConfiguration.CanarySize.Value",
        100,
    ),
    ("endpoint-traffic", "Machine", f"{_ROUTING}.TerminationWaitInSeconds", 0),
    ("endpoint-unwatched", "Watched", "Errors", _LEFT),
    ("event-source", "Rule", "Rule.Properties.EventPattern.source", ["sagemaker"]),
    ("function-concurrency", "Function", "Function.Properties.ReservedConcurrentExecutions", 0),
    ("function-network", "Function", "Function.Properties.VpcConfig", _LEFT),
    ("function-open", "Permission", "Permission.Properties.SourceArn", _LEFT),
    ("function-open", "Permission", "Permission.Properties.Principal", "*"),
    ("function-open", "Url", "Url.Properties.AuthType", "NONE"),
    ("function-timeout", "Function", "Function.Properties.Timeout", 1),
    (
        "identity-broad",
        "Role",
        "Role.Properties.ManagedPolicyArns",
        ["arn:aws:iam::aws:policy/AdministratorAccess"],
    ),
    ("history-exhausted", "Machine", f"{_STATES}.Wait.Seconds", 31),
    ("identity-user", "Somebody", "Somebody", resource("IAM::User")),
    ("image-latest", "Function", "Function.Properties.Code", {"ImageUri": f"{_REGISTRY}/a:latest"}),
    ("image-immutable", "Repository", "Repository.Properties.ImageTagMutability", "MUTABLE"),
    ("image-lifecycle", "Repository", "Repository.Properties.LifecyclePolicy", _LEFT),
    (
        "image-lifecycle",
        "Repository",
        "Repository.Properties.LifecyclePolicy.LifecyclePolicyText",
        "{rules",
    ),
    ("image-lifecycle", "Repository", _IMAGES, _rules({**LIFECYCLE, "rulePriority": 0}, UNTAGGED)),
    ("image-lifecycle", "Repository", _IMAGES, _rules(LIFECYCLE, {**LIFECYCLE, "rulePriority": 3})),
    ("image-lifecycle", "Repository", _IMAGES, _rules(_counted(countUnit="days"))),
    ("image-lifecycle", "Repository", _IMAGES, _rules(_counted(countType="sinceImagePushed"))),
    ("image-scan", "Repository", "Repository.Properties.ImageScanningConfiguration", _LEFT),
    (
        "instance-metadata",
        "Template",
        "Template.Properties.LaunchTemplateData.MetadataOptions",
        _LEFT,
    ),
    ("job-disk-key", "Machine", f"{_TRAINING}.ResourceConfig.VolumeKmsKeyId", arn("Key")),
    (
        "job-disk-key",
        "Machine",
        f"{_PREPARE}.ProcessingResources.ClusterConfig.VolumeKmsKeyId",
        _LEFT,
    ),
    ("job-isolation", "Machine", f"{_PREPARE}.NetworkConfig.EnableNetworkIsolation", False),
    ("job-output-key", "Machine", f"{_CAPTURE}.KmsKeyId", _LEFT),
    ("job-output-key", "Machine", f"{_PREPARE}.ProcessingOutputConfig.KmsKeyId", _LEFT),
    ("job-output-key", "Machine", f"{_TRAINING}.OutputDataConfig", _LEFT),
    ("job-spot", "Machine", f"{_TRAINING}.StoppingCondition.MaxWaitTimeInSeconds", 60),
    ("job-stops", "Machine", f"{_PREPARE}.StoppingCondition", _LEFT),
    ("job-stops", "Machine", f"{_PREPARE}.StoppingCondition.MaxRuntimeInSeconds", 60),
    ("job-traffic", "Machine", f"{_TRAINING}.ResourceConfig.InstanceCount", 2),
    ("key-administrator", "Key", "Key.Properties.KeyPolicy.Statement.0.Action", "kms:Decrypt"),
    ("key-enabled", "Key", "Key.Properties.Enabled", False),
    (
        "key-open",
        "Key",
        "Key.Properties.KeyPolicy.Statement",
        [ROOT, {**ROOT, "Principal": {"Service": "events.amazonaws.com"}}],
    ),
    ("key-rotation", "Key", "Key.Properties.EnableKeyRotation", False),
    ("limit", "Rule", "Rule.Properties.Description", "x" * 513),
    ("limit", "Rule", "Rule.Properties.Targets", [{"Id": str(n)} for n in range(6)]),
    ("log-bucket-key", "Logs", "Logs.Properties.BucketEncryption", _LEFT),
    ("log-short", "Flows", "Flows.Properties.RetentionInDays", 3),
    ("log-retention", "Log", "Log.Properties.RetentionInDays", _LEFT),
    ("machine-log", "Machine", "Machine.Properties.LoggingConfiguration.Level", "OFF"),
    ("machine-tracing", "Machine", "Machine.Properties.TracingConfiguration", _LEFT),
    ("machine-type", "Machine", "Machine.Properties.StateMachineType", "EXPRESS"),
    ("machine-unwatched", "Machine", "Failures", _LEFT),
    ("machine-unwatched", "Machine", "TimedOut", _LEFT),
    ("model-isolation", "Machine", f"{_STATES}.Model.Parameters.EnableNetworkIsolation", _LEFT),
    ("network-endpoint", "Endpoint", "Endpoint.Properties.PrivateDnsEnabled", False),
    ("network-endpoint", "Gateway", "Gateway.Properties.RouteTableIds", []),
    ("network-flow-log", "Network", "Flow.Properties.TrafficType", "ACCEPT"),
    ("network-open", "Group", "Group.Properties.SecurityGroupIngress", _ANYBODY),
    ("plain-http", "Subscription", "Subscription.Properties.Protocol", "http"),
    ("published", "Build", "Build.Properties.Visibility", "PUBLIC_READ"),
    ("published", "Build", "Build.Properties.Triggers.FilterGroups", _LEFT),
    ("published", "Layer", "Layer.Properties.OrganizationId", _LEFT),
    (
        "query-enforced",
        "Workgroup",
        "Workgroup.Properties.WorkGroupConfiguration.EnforceWorkGroupConfiguration",
        False,
    ),
    (
        "query-limit",
        "Workgroup",
        "Workgroup.Properties.WorkGroupConfiguration.BytesScannedCutoffPerQuery",
        _LEFT,
    ),
    (
        "query-results-key",
        "Workgroup",
        "Workgroup.Properties.WorkGroupConfiguration.ResultConfiguration",
        _LEFT,
    ),
    ("queue-dead-letters", "Queue", "Queue.Properties.RedrivePolicy", _LEFT),
    ("queue-encrypted", "Queue", "Queue.Properties.KmsMasterKeyId", _LEFT),
    ("queue-throttled", "Source", "Source.Properties.ScalingConfig", _LEFT),
    ("queue-throttled", "Source", "Source.Properties.ScalingConfig.MaximumConcurrency", 6),
    ("queue-visibility", "Queue", "Queue.Properties.VisibilityTimeout", 189),
    ("retention-differs", "Data", "Data.UpdateReplacePolicy", "Delete"),
    ("retention-odd", "Data", "Data.DeletionPolicy", "Delete"),
    ("retention-unsaid", "Data", "Data.DeletionPolicy", _LEFT),
    ("scaling-policy", "Scaled", "Scaling", _LEFT),
    ("scaling-room", "Scaled", "Scaled.Properties.MinCapacity", 4),
    ("scaling-target", "Scaling", f"{_TRACKING}.ScaleInCooldown", 300_000),
    ("scaling-target", "Scaling", f"{_TRACKING}.TargetValue", 0),
    ("scaling-target", "Scaling", f"{_TRACKING}.TargetValue", 100),
    ("search-encrypted", "Domain", "Domain.Properties.EncryptionAtRestOptions.Enabled", False),
    ("search-log", "Domain", "Domain.Properties.LogPublishingOptions", _LEFT),
    ("search-open", "Domain", "Domain.Properties.VPCOptions", _LEFT),
    ("search-transport", "Domain", "Domain.Properties.NodeToNodeEncryptionOptions", _LEFT),
    (
        "search-transport",
        "Domain",
        "Domain.Properties.DomainEndpointOptions.TLSSecurityPolicy",
        "Policy-Min-TLS-1-0-2019-07",
    ),
    ("secret-length", "Secret", "Secret.Properties.GenerateSecretString", {"PasswordLength": 8}),
    ("secret-look", "Function", "Function.Properties.Environment.Variables.X", "AKIA" + "A" * 16),
    ("secret-name", "Function", "Function.Properties.Environment.Variables.DB_PASSWORD", "summer"),
    ("secret-look", "Build", f"{_BUILD}.0.Value", "dckr_" + "pat_0123456789abcdef"),
    ("secret-name", "Build", f"{_BUILD}.0", {"Name": "DB_PASSWORD", "Value": "summer-of-69"}),
    ("secret-name", "Build", f"{_BUILD}.1.Type", "PLAINTEXT"),
    (
        "secret-resolved",
        "Function",
        "Function.Properties.Environment.Variables.X",
        "{{resolve:secretsmanager:pager}}",
    ),
    ("secret-string", "Secret", "Secret.Properties.SecretString", "summer"),
    ("state-retry", "Machine", f"{_STATES}.Model.Retry", _LEFT),
    ("state-retry", "Machine", f"{_STATES}.Model.Retry.0.MaxAttempts", 0),
    ("state-retry", "Machine", f"{_STATES}.Model.Retry.0.MaxAttempts", 30),
    ("state-timeout", "Machine", "Machine.Properties.Definition.TimeoutSeconds", _LEFT),
    (
        "statement-narrow",
        "Role",
        "Role.Properties.Policies.0.PolicyDocument.Statement",
        [{**ALLOW_S3, "Action": "iam:PassRole"}],
    ),
    ("store-key", "Repository", "Repository.Properties.EncryptionConfiguration", _LEFT),
    ("store-key", "Table", "Table.Properties.SSESpecification", _LEFT),
    ("store-key", "Topic", "Topic.Properties.KmsMasterKeyId", "alias/aws/sns"),
    ("store-key", "Workspace", "Workspace.Properties.KmsKeyArn", _LEFT),
    ("switched-off", "Machine", f"{_CAPTURE}.EnableCapture", False),
    ("switched-on", "Copy", "Copy", resource("DMS::Instance", PubliclyAccessible=True)),
    ("table-location", "Rows", "Rows.Properties.TableInput.StorageDescriptor.Location", "rows/"),
    (
        "table-recovery",
        "Table",
        "Table.Properties.PointInTimeRecoverySpecification",
        _LEFT,
    ),
    ("tags", "Log", "Log.Properties.Tags", [{"Key": "a"}, {"Key": "a"}]),
    ("timeouts-differ", "Machine", f"{_STATES}.Prepare.TimeoutSeconds", 60),
    ("timeouts-differ", "Machine", "Machine.Properties.Definition.TimeoutSeconds", 1440),
    ("tls-only", "Data", "DataPolicy.Properties.PolicyDocument.Statement.0.Effect", "Allow"),
    ("tls-only", "Data", "DataPolicy.Properties.PolicyDocument.Statement.0.Resource", arn("Data")),
    ("tls-only", "Queue", "QueuePolicy.Properties.Queues", [{"Ref": "Dead"}]),
    ("tls-only", "Topic", "TopicPolicy", _LEFT),
    ("trail", "Trail", "Trail.Properties.EnableLogFileValidation", False),
    ("unsafe-setting", "Repository", "Repository.Properties.ImageTagMutability", "MUTABLE"),
]


def test_a_sound_template_is_told_nothing(tmp_path: Path) -> None:
    assert found(tmp_path, SOUND) == set()


@pytest.mark.parametrize(
    ("rule", "where", "path", "value"), CASES, ids=[f"{case[0]}-{case[2]}" for case in CASES]
)
def test_a_fault_is_found(tmp_path: Path, rule: str, where: str, path: str, value: object) -> None:
    assert (f"posture.{rule}", where) in found(tmp_path, changed(path, value))


@pytest.mark.parametrize("kind", ["text", 7, [], {}, None, [["a"]], True])
def test_properties_of_any_type_are_read_without_a_fault(tmp_path: Path, kind: object) -> None:
    for position in range(max(len(body["Properties"]) for body in SOUND.values())):
        odd = {name: _with_odd_member(body, position, kind) for name, body in SOUND.items()}
        read = assembly(tmp_path, odd)
        assert [list(rule(read)) for rule in RULES]


@pytest.mark.parametrize("lacking", ["Timeout", "MemorySize", "TracingConfig"])
def test_a_function_unlike_its_peers_is_found(tmp_path: Path, lacking: str) -> None:
    properties = {"Timeout": 30, "MemorySize": 256, "TracingConfig": {"Mode": "Active"}}
    functions = {name: resource("Lambda::Function", **properties) for name in ("A", "B", "C")}
    assert found(tmp_path, functions) == set()
    del functions["C"]["Properties"][lacking]
    assert {where for _, where in found(tmp_path, functions)} == {"C"}


def test_of_two_functions_none_is_odd(tmp_path: Path) -> None:
    functions = {
        "A": resource("Lambda::Function", Timeout=30),
        "B": resource("Lambda::Function"),
    }
    assert found(tmp_path, functions) == set()


def test_a_variable_that_the_code_reads_is_set(tmp_path: Path) -> None:
    source = "import os\n\ndef handler(event, context):\n    return os.environ['SPAN']\n"
    function = resource(
        "Lambda::Function",
        Runtime="python3.13",
        Handler="index.handler",
        Code={"ZipFile": source},
        Environment={"Variables": {"SPANS": "1"}},
    )
    assert found(tmp_path, {"Planner": function}) == {("posture.function-setting", "Planner")}
    function["Properties"]["Environment"]["Variables"] = {"SPAN": "1"}
    assert found(tmp_path, {"Planner": function}) == set()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{_STATES}.Settled?.Choices.0.Next", "Settled"),
        (f"{_STATES}.Wait.Seconds", 32),
        ("Machine.Properties.StateMachineType", "EXPRESS"),
    ],
    ids=["no loop", "few enough events", "no limit of events"],
)
def test_a_wait_that_its_history_has_room_for_is_fine(
    tmp_path: Path, path: str, value: object
) -> None:
    often = changed(f"{_STATES}.Wait.Seconds", 1)
    told = found(tmp_path, changed(path, value, often))
    assert ("posture.history-exhausted", "Machine") not in told


def test_a_machine_without_a_limit_never_times_out(tmp_path: Path) -> None:
    states = changed(f"{_STATES.removesuffix('.States')}.TimeoutSeconds", _LEFT)
    del states["TimedOut"]
    assert ("posture.machine-unwatched", "Machine") not in found(tmp_path, states)


def test_variants_are_watched_alike(tmp_path: Path) -> None:
    """Traffic is looked at of one variant only: much of it is nothing bad."""
    alarms = {
        "Latency": alarm("ModelLatency", Dimensions=variant("champion")),
        "Errors": alarm("Invocation5XXErrors", Dimensions=variant("champion")),
        "Traffic": alarm("Invocations", Dimensions=variant("champion")),
        "OtherErrors": alarm("Invocation5XXErrors", Dimensions=variant("challenger")),
    }
    unwatched = "posture.variant-unwatched"
    assert [where for rule, where in found(tmp_path, alarms) if rule == unwatched] == ["Latency"]
    alarms["OtherLatency"] = alarm("ModelLatency", Dimensions=variant("challenger"))
    assert unwatched not in {rule for rule, _ in found(tmp_path, alarms)}


def test_without_a_cap_a_function_is_throttled_by_no_queue(tmp_path: Path) -> None:
    uncapped = changed("Function.Properties.ReservedConcurrentExecutions", _LEFT)
    assert found(tmp_path, changed("Source.Properties.ScalingConfig", _LEFT, uncapped)) == set()


def test_one_name_is_given_once(tmp_path: Path) -> None:
    groups = {
        name: resource("Logs::LogGroup", LogGroupName="/same", RetentionInDays=1) for name in "AB"
    }
    assert found(tmp_path, groups) == {("posture.duplicate-name", "B")}


def test_a_job_that_is_told_of_a_bucket_is_let_on_the_network(tmp_path: Path) -> None:
    template = changed(f"{_PREPARE}.NetworkConfig.EnableNetworkIsolation", False)
    assert ("posture.job-isolation", "Machine") in found(tmp_path, template)
    request = template["Machine"]["Properties"]["Definition"]["States"]["Prepare"]["Parameters"]
    request["Environment"]["RAW_BUCKET"] = {"Ref": "Data"}
    assert found(tmp_path, template) == set()


def test_names_of_two_buses_may_be_the_same(tmp_path: Path) -> None:
    target = {"Id": "1", "DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-west-1:111111111111:q"}}
    rules = {
        bus: resource("Events::Rule", Name="same", EventBusName=bus, Targets=[target])
        for bus in ("One", "Two")
    }
    assert found(tmp_path, rules) == set()


@pytest.mark.parametrize(
    "policy",
    [
        _rules(_counted(countType="sinceImagePushed", countUnit="days", countNumber=30)),
        _rules(_counted(countNumber=1)),
        _rules(_counted(tagStatus="tagged", tagPatternList=["*"], countNumber=1)),
    ],
)
def test_images_in_service_and_before_are_kept(tmp_path: Path, policy: str) -> None:
    template = changed(_IMAGES, policy)
    assert found(tmp_path, template) == set()
    template["Function"]["Properties"]["Code"] = {"ImageUri": f"{_REGISTRY}/images:v1"}
    assert found(tmp_path, template) == {("posture.image-kept", "Repository")}


def test_a_protected_stack_retains_what_it_holds(tmp_path: Path) -> None:
    _protect(tmp_path)
    gone = {"Secret": {**SOUND["Secret"], "DeletionPolicy": "Delete"}, "Key": SOUND["Key"]}
    gone["Secret"]["UpdateReplacePolicy"] = "Delete"
    assert ("posture.retention-protected", "Secret") in found(tmp_path, gone)


def test_a_protected_stage_has_an_instance_to_spare(tmp_path: Path) -> None:
    path = f"{_STATES}.Config.Parameters.ProductionVariants.0.InitialInstanceCount"
    assert found(tmp_path, changed(path, 1)) == set()
    _protect(tmp_path)
    assert found(tmp_path, changed(path, 1)) == {("posture.endpoint-instances", "Machine")}


def test_an_alarm_that_rolls_back_needs_no_action(tmp_path: Path) -> None:
    resources = {key: value for key, value in SOUND.items() if key != "Both"}
    assert found(tmp_path, resources) == set()
    resources["Other"] = alarm("ModelLatency", Threshold=200_000)
    assert found(tmp_path, resources) == {("posture.alarm-unheard", "Other")}


@pytest.mark.parametrize(
    ("parameter", "heard"),
    [
        ({"Type": "String"}, True),
        ({"Type": "String", "NoEcho": True, "Default": "summer"}, True),
        ({"Type": "String", "NoEcho": True}, False),
    ],
)
def test_a_parameter_that_is_secret_is_hidden_and_has_no_default(
    tmp_path: Path, parameter: Json, *, heard: bool
) -> None:
    told = found(tmp_path, SOUND, Parameters={"ApiToken": parameter})
    assert told == ({("posture.secret-parameter", "ApiToken")} if heard else set())


@pytest.mark.parametrize(
    "text",
    [
        "xoxb-" + "1234567890-abc",
        "https://hooks.slack.com/services/" + "T0/B0/x",
        "-----BEGIN RSA PRIVATE" + " KEY-----",
        "https://user:" + "summer69@example.com/",
        "routing_key: " + "0123456789abcdef0123456789abcdef",
        "gh" + "p_" + "a" * 36,
    ],
)
def test_what_looks_like_a_secret_is_found_anywhere(tmp_path: Path, text: str) -> None:
    outputs = {"Shown": {"Value": text}}
    assert ("posture.secret-look", "stack") in found(tmp_path, SOUND, Outputs=outputs)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_ARN", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:x"),
        ("API_TOKEN", {"Ref": "Secret"}),
        ("TOKEN_TTL", "3600 seconds"),
        ("KEY_PREFIX", "reports/"),
    ],
)
def test_what_refers_to_a_secret_is_none(tmp_path: Path, name: str, value: object) -> None:
    path = f"Function.Properties.Environment.Variables.{name}"
    assert found(tmp_path, changed(path, value)) == set()


def test_more_resources_than_a_stack_takes_are_found(tmp_path: Path) -> None:
    many = {f"Log{number}": SOUND["Log"] for number in range(501)}
    assert found(tmp_path, many) == {("posture.limit", "stack")}


def _with_odd_member(body: Json, position: int, value: object) -> Json:
    names = list(body["Properties"])[position : position + 1]
    return {**body, "Properties": {**body["Properties"], **dict.fromkeys(names, value)}}


def _protect(folder: Path) -> None:
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111111111111/eu-west-1",
        "properties": {"templateFile": "stack.template.json", "terminationProtection": True},
    }
    manifest = {"version": "48.0.0", "artifacts": {"stack": artifact}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
