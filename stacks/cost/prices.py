"""What Amazon asks for what is used. Assumptions, every one of them: look before you plan.

List prices, on demand, without discounts, free tiers or taxes, as remembered from the public price
pages; nothing here asks Amazon.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

AS_OF = "November 2025"
HOURS = 730
"""A month's, on average."""


@dataclass(frozen=True)
class Instance:
    """A kind of machine: USD an hour, its virtual CPUs and GiB of memory."""

    name: str
    hour: float
    cpus: int
    memory: float

    @property
    def cpu_hour(self) -> float:
        """USD an hour of one virtual CPU."""
        return self.hour / self.cpus


_SIZES = {
    "ml.t2.medium": (2, 4),
    "ml.m5.large": (2, 8),
    "ml.m5.xlarge": (4, 16),
    "ml.m5.2xlarge": (8, 32),
    "ml.m5.4xlarge": (16, 64),
    "ml.c5.large": (2, 4),
    "ml.c5.xlarge": (4, 8),
    "ml.c5.2xlarge": (8, 16),
    "ml.c5.4xlarge": (16, 32),
}


@dataclass(frozen=True)
class Prices:
    """One region's, in USD; the defaults are those that differ little between regions."""

    region: str
    instances: Mapping[str, float]
    """SageMaker, an hour: Processing, training and endpoints cost the same."""
    storage_gb: float = 0.023
    """S3 Standard, a month."""
    put_thousand: float = 0.005
    get_thousand: float = 0.0004
    endpoint_hour: float = 0.01
    """An interface endpoint in one zone."""
    log_gb: float = 0.50
    image_gb: float = 0.10
    key: float = 1.0
    secret: float = 0.40
    alarm: float = 0.10
    """A month and metric; one that learns what is usual counts as three."""
    composite_alarm: float = 0.50
    dashboard: float = 3.0
    metric: float = 0.30
    samples_ten_million: float = 0.90
    """Managed Prometheus, ingested."""
    build_minute: float = 0.01
    grafana_editor: float = 9.0
    search_unit_hour: float = 0.24
    """OpenSearch Serverless."""
    search_gb: float = 0.122
    emr_cpu_hour: float = 0.052624
    emr_gib_hour: float = 0.0057785
    search_instances: Mapping[str, float] = field(
        default_factory=lambda: {"m7g.medium.search": 0.068, "m7g.large.search": 0.135}
    )
    tracking_hour: Mapping[str, float] = field(
        default_factory=lambda: {"Small": 0.642, "Medium": 1.40, "Large": 2.60}
    )
    """An MLflow tracking server; the App costs nothing beside its artefacts."""

    def instance(self, name: str) -> Instance | None:
        """The machine of that name, or None where its price is not in the table."""
        if name not in self.instances:
            return None
        return Instance(name, self.instances[name], *_SIZES[name])

    def spark_worker(self, cpus: int, memory: int) -> Instance:
        """A worker of EMR Serverless."""
        hour = cpus * self.emr_cpu_hour + memory * self.emr_gib_hour
        name = f"EMR Serverless, {cpus} vCPU and {memory} GB a worker"
        return Instance(name, hour, cpus, memory)


_US_EAST_1 = Prices(
    region="us-east-1",
    instances={
        "ml.t2.medium": 0.056,
        "ml.m5.large": 0.115,
        "ml.m5.xlarge": 0.23,
        "ml.m5.2xlarge": 0.461,
        "ml.m5.4xlarge": 0.922,
        "ml.c5.large": 0.102,
        "ml.c5.xlarge": 0.204,
        "ml.c5.2xlarge": 0.408,
        "ml.c5.4xlarge": 0.816,
    },
)
_EU_WEST_1 = replace(
    _US_EAST_1,
    region="eu-west-1",
    instances={
        "ml.t2.medium": 0.06,
        "ml.m5.large": 0.128,
        "ml.m5.xlarge": 0.257,
        "ml.m5.2xlarge": 0.514,
        "ml.m5.4xlarge": 1.027,
        "ml.c5.large": 0.115,
        "ml.c5.xlarge": 0.23,
        "ml.c5.2xlarge": 0.461,
        "ml.c5.4xlarge": 0.922,
    },
    endpoint_hour=0.011,
    log_gb=0.57,
)
_EU_CENTRAL_1 = replace(
    _US_EAST_1,
    region="eu-central-1",
    instances={
        "ml.t2.medium": 0.064,
        "ml.m5.large": 0.138,
        "ml.m5.xlarge": 0.276,
        "ml.m5.2xlarge": 0.552,
        "ml.m5.4xlarge": 1.104,
        "ml.c5.large": 0.116,
        "ml.c5.xlarge": 0.233,
        "ml.c5.2xlarge": 0.466,
        "ml.c5.4xlarge": 0.931,
    },
    storage_gb=0.0245,
    put_thousand=0.0054,
    get_thousand=0.00043,
    endpoint_hour=0.012,
    log_gb=0.63,
)
PRICES = {prices.region: prices for prices in (_US_EAST_1, _EU_WEST_1, _EU_CENTRAL_1)}
