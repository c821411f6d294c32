"""Faults in what policies demand: conditions that keep nobody out, rights on everything."""

from __future__ import annotations

import json
from typing import Any

from gate.mutation.editing import edit_text, statement_on, statements
from gate.mutation.mutation import Json, NotHereError, fault

_BUCKET_POLICY = "AWS::S3::BucketPolicy"
_GITHUB = "token.actions.githubusercontent.com"
_AUDIENCE = {f"{_GITHUB}:aud": "sts.amazonaws.com"}


@fault("security", "AWS::IAM::Role")
def role_source_of_every_account(role: Json) -> None:
    """A role's condition takes the sources of every account."""
    _service_of(role)
    anybody = {"aws:SourceArn": "arn:aws:states:*:*:stateMachine:*"}
    statements(role)[0]["Condition"] = {"ArnLike": anybody}


@fault("semantic", "AWS::IAM::Role")
def role_source_with_star_by_letter(role: Json) -> None:
    """A role's source is compared letter by letter with a star."""
    _service_of(role)
    source = {"Fn::Sub": "arn:aws:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/default/*"}
    statements(role)[0]["Condition"]["StringEquals"]["aws:SourceArn"] = source


@fault("semantic", "AWS::IAM::Role")
def role_source_forbidden_and_demanded(role: Json) -> None:
    """A role's condition demands a source, and that there is none."""
    if "aws:SourceAccount" not in json.dumps(statements(role)[0]["Condition"]):
        raise NotHereError("SourceAccount")
    statements(role)[0]["Condition"]["Null"] = {"aws:SourceAccount": "true"}


@fault("security", "AWS::IAM::Role")
def role_for_any_repository(role: Json) -> None:
    """A role trusts the tokens of every repository of GitHub."""
    _trust_tokens(role, {"StringEquals": _AUDIENCE})


@fault("security", "AWS::IAM::Role")
def role_for_any_organization(role: Json) -> None:
    """A role trusts the repositories of one name, whosever they are."""
    subject = {f"{_GITHUB}:sub": "repo:*/tidewatch:ref:refs/heads/main"}
    _trust_tokens(role, {"StringEquals": _AUDIENCE, "ForAllValues:StringLike": subject})


@fault("security", "AWS::IAM::Policy")
def grants_for_anybody(policy: Json) -> None:
    """A role may grant a key to whom it pleases."""
    del statement_on(policy, "kms:CreateGrant")["Condition"]


@fault("security", "AWS::IAM::Policy")
def roles_may_be_passed_to_any_pattern(policy: Json) -> None:
    """A role may be passed to every service, by a pattern."""
    every = {"StringLike": {"iam:PassedToService": "*.amazonaws.com"}}
    statement_on(policy, "iam:PassRole")["Condition"] = every


@fault("security", "AWS::IAM::Policy")
def images_of_all_repositories(policy: Json) -> None:
    """A build may push every image."""
    statement_on(policy, "ecr:PutImage")["Resource"] = {
        "Fn::Sub": "arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/*"
    }


@fault("semantic", "AWS::IAM::Policy")
def registry_token_of_one_repository(policy: Json) -> None:
    """A token of the registry is asked for by the name of a repository."""
    repository = statement_on(policy, "ecr:PutImage")["Resource"]
    statement_on(policy, "ecr:GetAuthorizationToken")["Resource"] = repository


@fault("security", "AWS::IAM::Policy")
def flow_log_of_another_group(policy: Json) -> None:
    """A flow log may write to another group than its own."""
    if len(statements(policy)) > 1 or "logs:CreateLogStream" not in _actions(policy):
        raise NotHereError("flow log")
    statements(policy)[0]["Resource"] = {
        "Fn::Sub": "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/vpc/flow-logs:*"
    }


@fault("security", _BUCKET_POLICY)
def bucket_for_every_network(policy: Json) -> None:
    """Objects are for our networks, which are all there are."""
    _let(policy, "*", Condition={"IpAddress": {"aws:SourceIp": ["0.0.0.0/0"]}})


@fault("security", _BUCKET_POLICY)
def bucket_where_there_is_an_endpoint(policy: Json) -> None:
    """Objects are for one endpoint, or for who comes by none."""
    condition = {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}}
    _let(policy, "*", Condition=condition)


@fault("security", _BUCKET_POLICY)
def bucket_of_another_account(policy: Json) -> None:
    """Another account may write objects."""
    _let(policy, {"AWS": "arn:aws:iam::999999999999:root"}, Action="s3:PutObject")


@fault("security", "AWS::SQS::QueuePolicy")
def queue_for_rules_of_every_account(policy: Json) -> None:
    """A queue takes messages from the rules of every account."""
    anybody = {"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/*"}}
    statement_on(policy, "sqs:SendMessage")["Condition"] = anybody


@fault("security", "AWS::SageMaker::ModelPackageGroup")
def versions_of_everybody(group: Json) -> None:
    """Any account may register a version."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["sagemaker:CreateModelPackage", "sagemaker:UpdateModelPackage"],
        "Resource": "*",
    }
    group["ModelPackageGroupPolicy"] = {"Version": "2012-10-17", "Statement": [statement]}


@fault("security", "AWS::Logs::ResourcePolicy")
def logs_for_every_account(policy: Json) -> None:
    """A service may write a log for any account's sake."""

    def without_condition(text: str) -> str:
        document = json.loads(text)
        del document["Statement"][0]["Condition"]
        return json.dumps(document, ensure_ascii=False)

    edit_text(policy, "PolicyDocument", without_condition)


@fault("security", "AWS::Events::Connection")
def connection_shows_its_key(connection: Json) -> None:
    """A key that is sent along is not marked as secret."""
    sent = connection["AuthParameters"]["InvocationHttpParameters"]["BodyParameters"]
    sent[0]["IsValueSecret"] = False


def _service_of(role: Json) -> None:
    """A role of a service that names a source in its condition, or this is not the place."""
    first = statements(role)[0]
    if "Service" not in first["Principal"] or "Condition" not in first:
        raise NotHereError("source")


def _trust_tokens(role: Json, condition: Json) -> None:
    provider = f"arn:aws:iam::${{AWS::AccountId}}:oidc-provider/{_GITHUB}"
    trusted = {
        "Effect": "Allow",
        "Principal": {"Federated": {"Fn::Sub": provider}},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }
    statements(role).append(trusted)


def _actions(policy: Json) -> str:
    return json.dumps(statements(policy)[0].get("Action"))


def _let(policy: Json, principal: Any, **more: Any) -> None:
    """Let somebody in beside those who are, to the objects of the policy's bucket."""
    below = {"Fn::Sub": ["arn:aws:s3:::${Name}/*", {"Name": policy["Bucket"]}]}
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": below, **more}
    statements(policy).append({**statement, "Principal": principal})
