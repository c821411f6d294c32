"""What a stage's file says of metrics, dashboards and search."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tidewatch.core.config.base import Section

DataSource = Literal["cloudwatch", "athena", "opensearch"]
PrometheusPlugin = Literal["grafana-amazonprometheus-datasource", "prometheus"]
_PLUGINS: dict[str, PrometheusPlugin] = {
    "9.4": "prometheus",
    "10.4": "prometheus",
    "12.4": "grafana-amazonprometheus-datasource",
}


class Grafana(Section):
    """An Amazon Managed Grafana workspace with our dashboards in it."""

    version: Literal["9.4", "10.4", "12.4"] = "12.4"
    """Pinned: the service's own choice changes, and dashboards and data sources are made for one.

    Version 8.4 is offered too, but has no service accounts to provide them with. A workspace can
    be moved to a later version, never back.
    """
    sign_in: Literal["AWS_SSO", "SAML"] = "AWS_SSO"
    data_sources: tuple[DataSource, ...] = ("cloudwatch",)
    """What it reads besides Prometheus."""

    @property
    def prometheus_plugin(self) -> PrometheusPlugin:
        """Type of the metrics' data source, which follows from the version.

        The core's lost its signatures in version 12; Amazon's cannot be installed before 11.6.
        """
        return _PLUGINS[self.version]


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

    def dashboards_read(self, source: DataSource) -> bool:
        """Whether there is a Grafana workspace, and it has this data source."""
        return self.grafana is not None and source in self.grafana.data_sources

    @model_validator(mode="after")
    def _reads_only_what_is_there(self) -> Self:
        if self.dashboards_read("opensearch") and self.opensearch is None:
            raise ValueError("expected an `opensearch` for Grafana's data source `opensearch`")
        return self
