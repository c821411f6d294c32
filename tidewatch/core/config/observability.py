"""What a stage's file says of metrics, dashboards and search."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tidewatch.core.config.base import Section

DataSource = Literal["cloudwatch", "athena", "opensearch"]


class Grafana(Section):
    """An Amazon Managed Grafana workspace with our dashboards in it."""

    version: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+$")] | None = None
    """Without one, the newest that the service offers when the workspace is made."""
    sign_in: Literal["AWS_SSO", "SAML"] = "AWS_SSO"
    prometheus_plugin: Literal["grafana-amazonprometheus-datasource", "prometheus"] = (
        "grafana-amazonprometheus-datasource"
    )
    """Type of the metrics' data source; before version 12 the core's, `prometheus`, signs too."""
    data_sources: tuple[DataSource, ...] = ("cloudwatch",)
    """What it reads besides Prometheus."""


class OpenSearch(Section):
    """Where verdicts can be searched for: a domain of instances, or a serverless collection."""

    kind: Literal["domain", "serverless"]
    retention_days: int = Field(default=365, ge=1, le=3650)
    instance_type: Annotated[str, Field(pattern=r"^[a-z0-9]+\.[a-z0-9]+\.search$")] = (
        "m7g.medium.search"
    )
    """Of a domain's data nodes, as are the two below."""
    instance_count: int = Field(default=2, ge=1, le=10)
    volume_gb: int = Field(default=20, ge=10, le=1000)


class Observability(Section):
    """How long metrics are kept, and which of the services around them a stage has."""

    retention_days: int = Field(default=150, ge=1, le=1095)
    """Of the series in Prometheus; the history of all metrics is in Delta tables."""
    out_of_order_seconds: int = Field(default=300, ge=0, le=600)
    """How late a sample may come, when several jobs write at a time."""
    anomaly_detection: bool = True
    """Learn what is usual for drift and traffic, in Prometheus and in CloudWatch."""
    grafana: Grafana | None = None
    opensearch: OpenSearch | None = None

    @model_validator(mode="after")
    def _reads_only_what_is_there(self) -> Self:
        asked = self.grafana is not None and "opensearch" in self.grafana.data_sources
        if asked and self.opensearch is None:
            raise ValueError("expected an `opensearch` for Grafana's data source `opensearch`")
        return self
