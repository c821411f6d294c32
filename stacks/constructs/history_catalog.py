"""The history's Delta tables, as people and dashboards query them: a database and a workgroup."""

from __future__ import annotations

from collections.abc import Iterable

import aws_cdk as cdk
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.constructs.data_bucket import DataBucket
from tidewatch.core.config import ModelConfig, StageConfig

_GB = 10**9
_RESULTS = "query-results/"
_SHARED = ("metrics", "quarantine")
_OF_A_MODEL = ("prediction_log", "labels")


class HistoryCatalog(Construct):
    """Names for the tables below `history`, and the place that queries run in.

    The tables' columns are those of their Delta logs, which Athena reads with every query: a model
    that gains a feature needs no deployment to have it in the catalogue. That is why each table has
    the one column that AWS documents for it, and a location.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageConfig,
        models: Iterable[ModelConfig],
        history: DataBucket,
    ) -> None:
        super().__init__(scope, construct_id)
        self.database = f"tidewatch_{stage.name}"
        self._history = history
        self._account = cdk.Stack.of(self).account
        self._resource = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=self._account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=self.database,
                description="Predictions, labels, metrics and what was quarantined",
            ),
        )
        for table in _SHARED:
            self._table(table, table)
        for model in models:
            for table in _OF_A_MODEL:
                self._table(f"{table}_{model.name.replace('-', '_')}", f"{table}/{model.name}")

    def _table(self, name: str, prefix: str) -> None:
        location = self._history.s3_url_for_object(prefix)
        table = glue.CfnTable(
            self,
            "".join(word.capitalize() for word in name.split("_")),
            catalog_id=self._account,
            database_name=self.database,
            table_input=glue.CfnTable.TableInputProperty(
                name=name,
                table_type="EXTERNAL_TABLE",
                parameters={"EXTERNAL": "TRUE", "spark.sql.sources.provider": "delta"},
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=[glue.CfnTable.ColumnProperty(name="col", type="array<string>")],
                    location=location,
                    serde_info=glue.CfnTable.SerdeInfoProperty(parameters={"path": location}),
                ),
            ),
        )
        table.node.add_dependency(self._resource)


class QueryWorkgroup(athena.CfnWorkGroup):
    """Queries in it scan a limited number of bytes; their results are encrypted, and expire."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageConfig,
        results: DataBucket,
        key: kms.IKey,
    ) -> None:
        kept = stage.retention.query_results.days
        results.add_lifecycle_rule(prefix=_RESULTS, expiration=cdk.Duration.days(kept))
        super().__init__(
            scope,
            construct_id,
            name=f"tidewatch-{stage.name}",
            recursive_delete_option=not stage.protected,
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                bytes_scanned_cutoff_per_query=stage.limits.query_gb * _GB,
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                engine_version=athena.CfnWorkGroup.EngineVersionProperty(
                    selected_engine_version="Athena engine version 3"
                ),
                result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                    output_location=results.s3_url_for_object(_RESULTS),
                    expected_bucket_owner=cdk.Stack.of(scope).account,
                    encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                        encryption_option="SSE_KMS", kms_key=key.key_arn
                    ),
                ),
            ),
        )
