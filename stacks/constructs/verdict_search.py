"""Verdicts, searchable: what the monitors announce is indexed, each once, and ends."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as scheduler_targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from dashboards.verdict_documents import index_template, lifecycle_policy
from stacks.constructs.machine_alarms import UndeliveredAlarm
from stacks.constructs.observed_stage import ObservedStage
from stacks.constructs.platform_function import PlatformFunction
from stacks.constructs.search_backend import SearchBackend
from stacks.constructs.search_collection import SearchCollection
from stacks.constructs.search_domain import SearchDomain
from stacks.constructs.undelivered import Undelivered
from tidewatch.core.config.observability import OpenSearch

_AT_ONCE = 100
_WAIT = cdk.Duration.seconds(10)
# The fewest that Lambda takes: no stage may reserve less for a function.
_BATCHES_AT_A_TIME = 2
_PATIENCE = 6
_TIMEOUT = cdk.Duration.minutes(1)
_PREPARED_WITHIN = cdk.Duration.minutes(8)
# EventBridge's sources are the units'.
_UNITS = ("data_monitor", "model_monitor", "performance_estimate", "prediction_log", "capture")


class VerdictSearch(Construct):
    """OpenSearch, its template, and the queue and function between it and the event bus."""

    def __init__(
        self, scope: Construct, construct_id: str, *, stage: ObservedStage, size: OpenSearch
    ) -> None:
        super().__init__(scope, construct_id)
        self._stage = stage
        self.backend = self._backend(size)
        prepared = self._prepare(size)
        # Without the template an index would take its mappings from the first verdict.
        self._index().node.add_dependency(prepared)
        if isinstance(self.backend, SearchCollection):
            self._expire(self.backend, size.retention_days)

    def _backend(self, size: OpenSearch) -> SearchBackend:
        stage = self._stage
        if size.kind == "serverless":
            return SearchCollection(
                self, "Collection", stage=stage.config, key=stage.key, private=stage.private
            )
        return SearchDomain(
            self, "Domain", stage=stage.config, size=size, key=stage.key, private=stage.private
        )

    def _prepare(self, size: OpenSearch) -> cdk.CustomResource:
        # A domain that was just made is slow, and each question is asked again.
        function = self._function("Prepare", "search_setup", timeout=_PREPARED_WITHIN)
        self.backend.may_prepare(_role(function))
        properties = {"Template": index_template(None)}
        if size.kind == "domain":
            # A copy of each index, where there is a second node for it.
            replicas = min(1, size.instance_count - 1)
            properties = {
                "Template": index_template(replicas),
                "Policy": lifecycle_policy(size.retention_days),
            }
        resource = cdk.CustomResource(
            self,
            "Prepared",
            resource_type="Custom::SearchSetup",
            service_token=function.function_arn,
            service_timeout=cdk.Duration.minutes(10),
            properties=properties,
        )
        resource.node.add_dependency(self.backend)
        return resource

    def _index(self) -> lambda_.EventSourceMapping:
        function = self._function("Index", "verdict_index")
        self.backend.may_write(_role(function))
        waiting = sqs.Queue(
            self,
            "Waiting",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            # As long as Lambda asks for: six times the function's timeout, and the wait.
            visibility_timeout=cdk.Duration.seconds(6 * _TIMEOUT.to_seconds() + _WAIT.to_seconds()),
            retention_period=cdk.Duration.days(4),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self._undelivered("UndeliveredVerdicts"), max_receive_count=_PATIENCE
            ),
        )
        waiting.grant_consume_messages(function)
        events.Rule(
            self,
            "Verdicts",
            description="Index what the monitors announce",
            event_pattern=events.EventPattern(
                source=[f"tidewatch.{unit}" for unit in _UNITS], detail_type=["Tidewatch Verdict"]
            ),
            targets=[
                targets.SqsQueue(
                    waiting,
                    dead_letter_queue=self._undelivered("UndeliveredEvents"),
                    retry_attempts=20,
                )
            ],
        )
        return lambda_.EventSourceMapping(
            self,
            "Source",
            target=function,
            event_source_arn=waiting.queue_arn,
            batch_size=_AT_ONCE,
            max_batching_window=_WAIT,
            report_batch_item_failures=True,
            # Else a backlog would ask for more than a stage may reserve, and a message that is
            # throttled has used up a try.
            max_concurrency=_BATCHES_AT_A_TIME,
        )

    def _expire(self, collection: SearchCollection, days: int) -> None:
        function = self._function("Expire", "verdict_expiry", {"RETENTION_DAYS": str(days)})
        collection.may_expire(_role(function))
        scheduler.Schedule(
            self,
            "Daily",
            schedule=scheduler.ScheduleExpression.rate(cdk.Duration.days(1)),
            target=scheduler_targets.LambdaInvoke(
                function, dead_letter_queue=self._undelivered("UndeliveredExpiry"), retry_attempts=3
            ),
        )

    def _undelivered(self, construct_id: str) -> Undelivered:
        queue = Undelivered(self, construct_id)
        UndeliveredAlarm(
            self,
            f"{construct_id}Alarm",
            queue=queue,
            topics=self._stage.topics,
            runbook="EventsUndelivered",
        )
        return queue

    def _function(
        self,
        construct_id: str,
        unit: str,
        environment: dict[str, str] | None = None,
        timeout: cdk.Duration = _TIMEOUT,
    ) -> PlatformFunction:
        return PlatformFunction(
            self,
            construct_id,
            unit=unit,
            environment={
                "SEARCH_URL": self.backend.url,
                "SEARCH_SERVICE": self.backend.service,
                **(environment or {}),
            },
            log_retention=self._stage.log_retention,
            timeout=timeout,
            network=self._stage.private,
        )


def _role(function: PlatformFunction) -> iam.IRole:
    assert function.role is not None
    return function.role
