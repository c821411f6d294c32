"""Reads what the monitors wrote: prediction log, quarantine, and the history of metrics."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa
from deltalake import DeltaTable

from demo.background_cloud import BackgroundCloud
from demo.deployment import Deployment
from localcloud.state import ROOT_ACCESS_KEY, ROOT_SECRET_KEY


@dataclass(frozen=True)
class History:
    """The Delta tables of the deployed stage, as SQL."""

    cloud: BackgroundCloud
    deployment: Deployment

    def sql(self, table: str, query: str) -> list[dict[str, object]]:
        """The rows of `query` over `rows`, which is the whole Delta table at `table`.

        A table that nothing was written to yet has no rows.
        """
        uri = f"s3://{self.deployment.bucket('history')}/{table}"
        options = self._options()
        if not DeltaTable.is_deltatable(uri, options):
            return []
        rows: pa.Table = DeltaTable(uri, storage_options=options).to_pyarrow_table()
        database = duckdb.connect()
        database.execute("SET TimeZone = 'UTC'")
        database.register("rows", rows)
        found: list[dict[str, object]] = database.sql(query).to_arrow_table().to_pylist()
        return found

    def _options(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.cloud.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": ROOT_ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": ROOT_SECRET_KEY,
            "AWS_REGION": self.cloud.settings.region,
        }
