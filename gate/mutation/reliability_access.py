"""Reliability faults in permissions: what would run, but may not."""

from __future__ import annotations

from gate.mutation.editing import statement_of, statement_on, statements
from gate.mutation.mutation import Json, NotHereError, fault, template_fault
from gate.reading import listed


def _without(properties: Json, action: str) -> None:
    """Remove one action, and the statement if it was the only one."""
    statement = statement_on(properties, action)
    left = [item for item in listed(statement["Action"]) if not item.startswith(action)]
    if left:
        statement["Action"] = left
    else:
        statements(properties).remove(statement)


def _remove_principal(properties: Json, service: str) -> None:
    statement = statement_of(properties, service)
    named = listed(statement["Principal"]["Service"])
    left = [item for item in named if service not in str(item)]
    if left:
        statement["Principal"]["Service"] = left
    else:
        statements(properties).remove(statement)


@fault("reliability", "AWS::KMS::Key")
def key_closed_to_alarms(key: Json) -> None:
    """Alarms may no longer use the key of the topics that they publish to."""
    _remove_principal(key, "cloudwatch.amazonaws.com")


@fault("reliability", "AWS::KMS::Key")
def key_closed_to_events(key: Json) -> None:
    """Events may no longer use the key of what they are delivered to."""
    _remove_principal(key, "events.amazonaws.com")


@fault("reliability", "AWS::KMS::Key")
def key_closed_to_metrics(key: Json) -> None:
    """The alert manager may no longer use the key of the topics that it publishes to."""
    _remove_principal(key, "aps.amazonaws.com")


@fault("reliability", "AWS::KMS::Key")
def key_only_decrypts(key: Json) -> None:
    """A publisher may decrypt, but gets no data key."""
    statement_of(key, "cloudwatch")["Action"] = "kms:Decrypt"


@fault("reliability", "AWS::SNS::TopicPolicy")
def topic_closed_to_metrics(policy: Json) -> None:
    """The alert manager may no longer publish."""
    _remove_principal(policy, "aps.amazonaws.com")


@fault("reliability", "AWS::SNS::TopicPolicy")
def topic_closed_to_alarms(policy: Json) -> None:
    """Alarms may no longer publish."""
    _remove_principal(policy, "cloudwatch.amazonaws.com")


@fault("reliability", "AWS::SQS::QueuePolicy")
def queue_closed_to_events(policy: Json) -> None:
    """EventBridge may no longer keep what it could not deliver."""
    _remove_principal(policy, "events.amazonaws.com")


@template_fault("reliability")
def queue_policy_deleted(template: Json) -> None:
    """The policy that lets EventBridge send is deleted."""
    for name, item in template["Resources"].items():
        if item["Type"] == "AWS::SQS::QueuePolicy" and "events.amazonaws.com" in str(item):
            del template["Resources"][name]
            return
    raise NotHereError("queue policy")


@fault("reliability", "AWS::IAM::Policy")
def role_no_longer_passed(policy: Json) -> None:
    """A machine may no longer pass the role of its jobs."""
    _without(policy, "iam:PassRole")


@fault("reliability", "AWS::IAM::Policy")
def jobs_no_longer_created(policy: Json) -> None:
    """A machine may no longer create its jobs."""
    _without(policy, "sagemaker:CreateProcessingJob")


@fault("reliability", "AWS::IAM::Policy")
def jobs_no_longer_watched(policy: Json) -> None:
    """A machine may no longer make the rule that tells it of a job's end."""
    _without(policy, "events:PutRule")


@fault("reliability", "AWS::IAM::Policy")
def machine_no_longer_started(policy: Json) -> None:
    """A schedule may no longer start its machine."""
    _without(policy, "states:StartExecution")


@fault("reliability", "AWS::IAM::Policy")
def function_no_longer_invoked(policy: Json) -> None:
    """A machine may no longer call its function."""
    _without(policy, "lambda:InvokeFunction")


@fault("reliability", "AWS::IAM::Policy")
def dead_letters_no_longer_sent(policy: Json) -> None:
    """A schedule may no longer keep what it could not start."""
    _without(policy, "sqs:SendMessage")


@fault("reliability", "AWS::IAM::Policy")
def data_no_longer_decrypted(policy: Json) -> None:
    """A job may no longer read what is encrypted."""
    _without(policy, "kms:Decrypt")


@fault("reliability", "AWS::IAM::Policy")
def images_no_longer_pulled(policy: Json) -> None:
    """A job may no longer pull its image."""
    _without(policy, "ecr:BatchGetImage")


@fault("reliability", "AWS::IAM::Policy")
def objects_no_longer_read(policy: Json) -> None:
    """A job may no longer read its input."""
    _without(policy, "s3:GetObject")


@fault("reliability", "AWS::IAM::Policy")
def objects_no_longer_written(policy: Json) -> None:
    """A job may no longer write its output."""
    _without(policy, "s3:PutObject")


@fault("reliability", "AWS::IAM::Policy")
def series_no_longer_written(policy: Json) -> None:
    """A monitor may no longer write its series."""
    _without(policy, "aps:RemoteWrite")


@fault("reliability", "AWS::IAM::Policy")
def logs_no_longer_written(policy: Json) -> None:
    """A job may no longer write its log."""
    _without(policy, "logs:PutLogEvents")


@fault("reliability", "AWS::IAM::Policy")
def machine_log_no_longer_delivered(policy: Json) -> None:
    """A machine may no longer set up the delivery of its log."""
    _without(policy, "logs:CreateLogDelivery")


@fault("reliability", "AWS::IAM::Policy")
def policy_of_nobody(policy: Json) -> None:
    """A policy is no role's."""
    policy["Roles"] = []


@template_fault("reliability")
def function_permission_deleted(template: Json) -> None:
    """The permission that lets a rule call a function is deleted."""
    for name, item in template["Resources"].items():
        if item["Type"] == "AWS::Lambda::Permission":
            del template["Resources"][name]
            return
    raise NotHereError("permission")
