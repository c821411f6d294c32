"""A stage's file: `config/stages/<name>.yaml`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tidewatch.core.config.base import Section
from tidewatch.core.config.duration import Duration


class Slack(Section):
    """The Slack channel that Amazon Q Developer in chat applications writes to."""

    workspace_id: Annotated[str, Field(pattern=r"^T[A-Z0-9]{2,}$")]
    channel_id: Annotated[str, Field(pattern=r"^[CGD][A-Z0-9]{2,}$")]


class Alerting(Section):
    """Who is told, and how fast."""

    email: list[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]] = Field(default_factory=list)
    slack: Slack | None = None
    pagerduty: bool = False
    """Page through a routing key that you put into the stage's PagerDuty secret."""
    evaluation_interval: Annotated[str, Field(pattern=r"^[1-9][0-9]*[sm]$")] = "1m"
    group_wait: Annotated[str, Field(pattern=r"^[1-9][0-9]*[sm]$")] = "30s"


class StageConfig(Section):
    """One deployment of the platform: an account, a region, and who is told."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,11}$")]
    account: Annotated[str, Field(pattern=r"^[0-9]{12}$")] | None = None
    """Without one, the account of the credentials that deploy."""
    region: str | None = None
    protected: bool = True
    """Keep stateful resources when their stack goes, and refuse to delete the stack."""
    monitoring_rate: Duration
    """How often the monitoring state machine runs."""
    log_retention_days: Literal[1, 7, 14, 30, 90, 180, 365] = 30
    alerting: Alerting
    models: list[str] = Field(min_length=1)
    """Names of files in `config/models/`."""
