"""A stage's file: `config/stages/<name>.yaml`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tidewatch.core.config.base import Section
from tidewatch.core.config.duration import Duration
from tidewatch.core.config.foundation import (
    Budget,
    Github,
    ImageBuild,
    Limits,
    Mlflow,
    MlflowApp,
    Network,
    Retention,
)
from tidewatch.core.config.observability import Observability


class Slack(Section):
    """The Slack channel that Amazon Q Developer in chat applications writes to."""

    workspace_id: Annotated[str, Field(pattern=r"^T[A-Z0-9]{2,}$")]
    channel_id: Annotated[str, Field(pattern=r"^[CGD][A-Z0-9]{2,}$")]


class Alerting(Section):
    """Who is told, and how fast."""

    # A budget tells no more than ten.
    email: list[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]] = Field(
        default_factory=list, max_length=10
    )
    slack: Slack | None = None
    pagerduty: bool = False
    """Page through a routing key that you put into the stage's PagerDuty secret."""
    page_on_alarms: bool = False
    """Page for CloudWatch's alarms too; without it only Prometheus's alerts page."""
    pagerduty_key_generation: int = Field(default=1, ge=1)
    """Raise it when you changed the key: alarms page with the key that a deployment has read."""
    evaluation_interval: Annotated[str, Field(pattern=r"^[1-9][0-9]*[sm]$")] = "1m"
    group_wait: Annotated[str, Field(pattern=r"^[1-9][0-9]*[sm]$")] = "30s"

    @model_validator(mode="after")
    def _pages_with_a_key(self) -> Self:
        if self.page_on_alarms and not self.pagerduty:
            raise ValueError("expected `pagerduty: true` where `page_on_alarms` is true")
        return self


class StageConfig(Section):
    """One deployment of the platform: an account, a region, and who is told."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,11}$")]
    account: Annotated[str, Field(pattern=r"^[0-9]{12}$")] | None = None
    """Without one, the account of the credentials that deploy."""
    region: Annotated[str, Field(pattern=r"^[a-z]{2,4}(-[a-z]+)+-[1-9]$")] | None = None
    protected: bool = True
    """Keep stateful resources when their stack goes, and refuse to delete the stack."""
    permissions_boundary: Annotated[str, Field(pattern=r"^[\w+=,.@/-]{1,128}$")] | None = None
    """The name of a policy in the account that bounds every role the stage makes."""
    network: Network | None = None
    """Where jobs, models and functions run; without one, in the services' own networks."""
    images: ImageBuild | None = None
    """Without it you build the images, and push them under the context value `image_tag`."""
    mlflow: Mlflow = MlflowApp()
    monitoring_rate: Duration
    """How often the monitoring state machine runs."""
    log_retention_days: Literal[1, 7, 14, 30, 90, 180, 365] = 30
    retention: Retention = Retention()
    limits: Limits = Limits()
    budget: Budget | None = None
    github: Github | None = None
    """Without it you deploy from a terminal."""
    alerting: Alerting
    observability: Observability = Observability()
    models: list[str] = Field(min_length=1)
    """Names of files in `config/models/`."""
