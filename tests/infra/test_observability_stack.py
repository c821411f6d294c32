"""Metrics, search and dashboards: encrypted, bounded, and readable by just those who need it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from aws_cdk.assertions import Match, Template

from tests.infra.observed import Json, actions, observed, only, stage_with, statements

GRAFANA = {"data_sources": ["cloudwatch", "athena", "opensearch"]}


@pytest.fixture(scope="module")
def domain(tmp_path_factory: pytest.TempPathFactory) -> Template:
    wanted = {"grafana": GRAFANA, "opensearch": {"kind": "domain", "retention_days": 90}}
    folder = tmp_path_factory.mktemp("domain")
    return observed(stage_with(wanted), folder, network=True)["observability"]


@pytest.fixture(scope="module")
def serverless(tmp_path_factory: pytest.TempPathFactory) -> Template:
    wanted = {
        "retention_days": 400,
        "anomaly_detection": False,
        "grafana": {"version": "10.4", "data_sources": ["opensearch"]},
        "opensearch": {"kind": "serverless", "retention_days": 30},
    }
    folder = tmp_path_factory.mktemp("serverless")
    return observed(stage_with(wanted), folder, network=True)["observability"]


def test_series_are_kept_under_the_stages_key_as_long_as_it_says(serverless: Template) -> None:
    workspace = only(serverless, "AWS::APS::Workspace")
    assert "KmsKeyArn" in workspace
    assert workspace["WorkspaceConfiguration"] == {
        "RetentionPeriodInDays": 400,
        "OutOfOrderTimeWindowInSeconds": 300,
    }
    group = workspace["LoggingConfiguration"]["LogGroupArn"]["Fn::GetAtt"]
    assert group[1] == "Arn"  # as CloudFormation gives it: with the `:*` that the service asks for
    log = serverless.find_resources("AWS::Logs::LogGroup")[group[0]]["Properties"]
    assert log["LogGroupName"].startswith("/aws/vendedlogs/")
    assert "KmsKeyId" in log


def test_rules_and_routing_are_what_the_dashboards_declare(domain: Template) -> None:
    rules = yaml.safe_load(only(domain, "AWS::APS::RuleGroupsNamespace")["Data"])
    assert [group["name"] for group in rules["groups"]] == ["tidewatch-flights"]
    definition = json.dumps(only(domain, "AWS::APS::Workspace")["AlertManagerDefinition"])
    assert "aws_secrets_manager" in definition
    for topic in ("Critical", "Warning", "Info", "Chat", "Mail"):
        assert f"Ref{topic}" in definition


def test_a_detector_learns_an_aggregation_and_only_where_a_stage_wants_it(
    domain: Template, serverless: Template
) -> None:
    forest = only(domain, "AWS::APS::AnomalyDetector")["Configuration"]["RandomCutForest"]
    assert forest["Query"].startswith("avg(")
    assert not serverless.find_resources("AWS::APS::AnomalyDetector")


def test_a_domain_is_encrypted_private_and_speaks_tls_only(domain: Template) -> None:
    domain.has_resource_properties(
        "AWS::OpenSearchService::Domain",
        {
            "EncryptionAtRestOptions": {"Enabled": True, "KmsKeyId": Match.any_value()},
            "NodeToNodeEncryptionOptions": {"Enabled": True},
            "DomainEndpointOptions": {
                "EnforceHTTPS": True,
                "TLSSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10",
            },
            "VPCOptions": {"SecurityGroupIds": Match.any_value(), "SubnetIds": Match.any_value()},
        },
    )
    found = only(domain, "AWS::OpenSearchService::Domain")
    assert "AccessPolicies" not in found  # roles alone say who may: nobody else may
    assert len(found["VPCOptions"]["SubnetIds"]) == 2
    assert set(found["LogPublishingOptions"]) == {
        "ES_APPLICATION_LOGS",
        "SEARCH_SLOW_LOGS",
        "INDEX_SLOW_LOGS",
    }


def test_a_domain_outlives_a_protected_stage(domain: Template) -> None:
    domain.has_resource("AWS::OpenSearchService::Domain", {"DeletionPolicy": "Retain"})


def test_the_writer_writes_the_preparer_prepares_and_grafana_reads(domain: Template) -> None:
    assert paths(domain, "SearchIndex") == {("es:ESHttpPost", "/_bulk")}
    assert paths(domain, "SearchPrepare") == {
        ("es:ESHttpPut", "/_index_template/tidewatch-verdicts"),
        ("es:ESHttpGet", "/_plugins/_ism/policies/tidewatch-verdicts"),
        ("es:ESHttpPut", "/_plugins/_ism/policies/tidewatch-verdicts"),
    }
    assert paths(domain, "GrafanaRole") == {
        ("es:ESHttpGet", "/"),
        ("es:ESHttpGet", "/tidewatch-verdicts*"),
        ("es:ESHttpPost", "/_msearch"),
    }


def paths(template: Template, role: str) -> set[tuple[str, str]]:
    """Which HTTP calls a role may make, on which paths."""
    found = set()
    for statement in statements(template, role):
        named = statement["Action"]
        for action in [named] if isinstance(named, str) else named:
            if action.startswith("es:"):
                resources = statement["Resource"]
                for item in resources if isinstance(resources, list) else [resources]:
                    found.add((action, item["Fn::Join"][1][-1]))
    return found


def test_the_template_is_there_before_the_first_verdict_is_indexed(
    domain: Template, serverless: Template
) -> None:
    for template in (domain, serverless):
        (source,) = template.find_resources("AWS::Lambda::EventSourceMapping").values()
        assert any(name.startswith("SearchPrepared") for name in source["DependsOn"])
        assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_verdicts_wait_in_a_queue_whose_failures_are_kept_and_told(domain: Template) -> None:
    rule = only(domain, "AWS::Events::Rule")
    assert rule["EventPattern"]["detail-type"] == ["Tidewatch Verdict"]
    (target,) = rule["Targets"]
    waiting = target["Arn"]["Fn::GetAtt"][0]
    queues = domain.find_resources("AWS::SQS::Queue")
    assert queues[waiting]["Properties"]["RedrivePolicy"]["maxReceiveCount"] == 6
    assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] in queues
    alarms = domain.find_resources("AWS::CloudWatch::Alarm").values()
    assert len(alarms) == 2
    assert all(alarm["Properties"]["AlarmActions"] for alarm in alarms)


def test_a_backlog_of_verdicts_is_neither_throttled_nor_seen_twice(domain: Template) -> None:
    mapping = only(domain, "AWS::Lambda::EventSourceMapping")
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    queue = domain.find_resources("AWS::SQS::Queue")[mapping["EventSourceArn"]["Fn::GetAtt"][0]]
    name = mapping["FunctionName"]["Ref"]
    timeout = domain.find_resources("AWS::Lambda::Function")[name]["Properties"]["Timeout"]
    window = mapping["MaximumBatchingWindowInSeconds"]
    assert queue["Properties"]["VisibilityTimeout"] == 6 * timeout + window == 370


def test_a_collection_is_a_search_collection_under_the_stages_key_within_the_network(
    serverless: Template,
) -> None:
    # Time series collections make up documents' ids: a verdict told twice would be there twice.
    assert only(serverless, "AWS::OpenSearchServerless::Collection")["Type"] == "SEARCH"
    policies = {
        item["Properties"]["Type"]: text(item["Properties"]["Policy"])
        for item in serverless.find_resources("AWS::OpenSearchServerless::SecurityPolicy").values()
    }
    assert '"AWSOwnedKey":false' in policies["encryption"]
    assert '"AllowFromPublic":false' in policies["network"]
    assert '"SourceVPCEs":[' in policies["network"]


def test_each_role_has_an_access_policy_of_its_own(serverless: Template) -> None:
    allowed = {
        item["Properties"]["Name"]: set(permissions(text(item["Properties"]["Policy"])))
        for item in serverless.find_resources("AWS::OpenSearchServerless::AccessPolicy").values()
    }
    assert allowed == {
        "tidewatch-prod-prepare": {"aoss:CreateCollectionItems", "aoss:UpdateCollectionItems"},
        "tidewatch-prod-write": {"aoss:CreateIndex", "aoss:DescribeIndex", "aoss:WriteDocument"},
        "tidewatch-prod-read": {"aoss:DescribeIndex", "aoss:ReadDocument"},
        "tidewatch-prod-expire": {"aoss:DescribeIndex", "aoss:DeleteIndex"},
    }


def text(value: object) -> str:
    if isinstance(value, str):
        return value
    assert isinstance(value, dict)
    return "".join(part if isinstance(part, str) else "TOKEN" for part in value["Fn::Join"][1])


def permissions(policy: str) -> Iterator[str]:
    for grant in json.loads(policy):
        for rule in grant["Rules"]:
            yield from rule["Permission"]


def test_a_collections_old_indices_are_deleted_every_day(serverless: Template) -> None:
    assert only(serverless, "AWS::Scheduler::Schedule")["ScheduleExpression"] == "rate(1 day)"
    serverless.has_resource_properties(
        "AWS::Lambda::Function",
        {
            "Handler": "lambdas.verdict_expiry.handler.handler",
            "Environment": {"Variables": Match.object_like({"RETENTION_DAYS": "30"})},
        },
    )


def test_a_domain_gets_a_policy_for_that(domain: Template) -> None:
    policy = json.loads(only(domain, "Custom::SearchSetup")["Policy"])
    assert "90d" in json.dumps(policy)


def test_grafana_reads_with_its_own_role_and_has_no_other_rights(domain: Template) -> None:
    workspace = only(domain, "AWS::Grafana::Workspace")
    assert workspace["PermissionType"] == "CUSTOMER_MANAGED"
    assert "DataSources" not in workspace  # that list acts for workspaces made by hand only
    trusted = role(domain, "GrafanaRole")["AssumeRolePolicyDocument"]["Statement"][0]
    assert trusted["Principal"] == {"Service": "grafana.amazonaws.com"}
    assert set(trusted["Condition"]) == {"StringEquals", "StringLike"}
    found = actions(statements(domain, "GrafanaRole"))
    assert {"aps:QueryMetrics", "cloudwatch:GetMetricData", "athena:StartQueryExecution"} <= found
    assert not [name for name in found if name.split(":")[1].startswith(("Delete", "Create"))]


def test_grafana_joins_the_network_that_opensearch_is_in_and_is_let_in(
    domain: Template, serverless: Template
) -> None:
    for template in (domain, serverless):
        joined = only(template, "AWS::Grafana::Workspace")["VpcConfiguration"]
        assert len(joined["SubnetIds"]) == 2
        (own,) = joined["SecurityGroupIds"]
        assert "Dashboards" in json.dumps(own)
        rules = template.find_resources("AWS::EC2::SecurityGroupIngress").values()
        assert own in [rule["Properties"]["SourceSecurityGroupId"] for rule in rules]
        assert {rule["Properties"]["FromPort"] for rule in rules} == {443}


def test_grafana_stays_outside_where_it_reads_nothing_inside(tmp_path: Path) -> None:
    wanted = {"grafana": {"data_sources": ["athena"]}, "opensearch": {"kind": "domain"}}
    found = observed(stage_with(wanted), tmp_path, network=True)["observability"]
    assert "VpcConfiguration" not in only(found, "AWS::Grafana::Workspace")
    (rule,) = found.find_resources("AWS::EC2::SecurityGroupIngress").values()
    assert "Workloads" in json.dumps(rule["Properties"]["SourceSecurityGroupId"])


def test_grafana_stays_outside_where_there_is_no_network(tmp_path: Path) -> None:
    wanted = {"grafana": GRAFANA, "opensearch": {"kind": "domain"}}
    found = observed(stage_with(wanted), tmp_path)["observability"]
    assert "VpcConfiguration" not in only(found, "AWS::Grafana::Workspace")


def role(template: Template, name: str) -> Json:
    (found,) = [
        item["Properties"]
        for key, item in template.find_resources("AWS::IAM::Role").items()
        if key.startswith(name)
    ]
    properties: Json = found
    return properties


def test_a_data_source_that_is_not_asked_for_is_not_allowed_either(serverless: Template) -> None:
    found = actions(statements(serverless, "GrafanaRole"))
    assert found == {
        "aps:QueryMetrics",
        "aps:GetLabels",
        "aps:GetSeries",
        "aps:GetMetricMetadata",
        "aoss:APIAccessAll",
    }


def test_content_is_provided_by_a_function_that_may_make_and_delete_tokens_of_this_workspace_only(
    domain: Template,
) -> None:
    found = list(statements(domain, "GrafanaContentProvide"))
    assert actions(iter(found)) == {
        "grafana:CreateWorkspaceServiceAccount",
        "grafana:CreateWorkspaceServiceAccountToken",
        "grafana:DeleteWorkspaceServiceAccount",
        "grafana:DeleteWorkspaceServiceAccountToken",
        "s3:GetObject",
    }
    assert all(item["Resource"] != "*" for item in found)


def test_the_version_is_pinned_and_the_plugin_of_the_metrics_agrees_with_it(
    domain: Template, serverless: Template
) -> None:
    versions = [only(item, "AWS::Grafana::Workspace") for item in (domain, serverless)]
    assert [item["GrafanaVersion"] for item in versions] == ["12.4", "10.4"]
    amazons, core = (only(item, "Custom::GrafanaContent") for item in (domain, serverless))
    assert amazons["Plugins"][0] == "grafana-amazonprometheus-datasource"
    assert '"type":"grafana-amazonprometheus-datasource"' in text(amazons["DataSources"][0])
    assert core["Plugins"] == ["grafana-opensearch-datasource"]
    assert '"type":"prometheus"' in text(core["DataSources"][0])


def test_other_dashboards_are_another_property_so_that_they_are_provided_again(
    domain: Template, serverless: Template
) -> None:
    first, other = (
        only(item, "Custom::GrafanaContent")["ContentHash"] for item in (domain, serverless)
    )
    assert first != other


def test_a_stage_that_asks_for_neither_has_neither(tmp_path: Path) -> None:
    found = observed(stage_with({}), tmp_path)["observability"]
    kinds = {item["Type"] for item in found.to_json()["Resources"].values()}
    assert kinds == {
        "AWS::APS::AnomalyDetector",
        "AWS::APS::RuleGroupsNamespace",
        "AWS::APS::Workspace",
        "AWS::Logs::LogGroup",
    }
