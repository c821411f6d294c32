"""The shares that SageMaker gave to this instance, profiled one after the other."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tidewatch.aws.objects import Bucket
from tidewatch.core.config import read_model_document
from tidewatch.core.errors import Fault
from tidewatch.monitoring.settings import read_settings
from tidewatch.monitoring.shards.errors import ShardError
from tidewatch.monitoring.shards.partial import Partial
from tidewatch.monitoring.shards.plan_folder import PlanFolder
from tidewatch.monitoring.shards.profile_items import Work, profile_items

logger = logging.getLogger(__name__)


class ShardSettings(BaseModel):
    """What the job is told. A field is the environment variable of its name."""

    model_config = ConfigDict(frozen=True)

    ml_root: Path = Path("/opt/ml")
    history_bucket: str = Field(min_length=1)
    account_id: str | None = None
    """Where known, the bucket must belong to this account."""

    @property
    def input_folder(self) -> Path:
        """Where the model document and the shares are."""
        return self.ml_root / "processing" / "input"


class Share(BaseModel):
    """One share of a plan, as the file that SageMaker hands out says it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plan: str
    share: int = Field(ge=0)


def profile_shares(environment: Mapping[str, str]) -> None:
    """Profiles every share among this instance's inputs."""
    settings = read_settings(ShardSettings, environment)
    model = read_model_document(settings.input_folder / "model")
    store = Bucket(settings.history_bucket, settings.account_id)
    for share in shares_in(settings.input_folder / "shares"):
        profile_share(PlanFolder(store, model.name, share.plan), share.share)


def shares_in(folder: Path) -> Iterator[Share]:
    """The shares in `folder`. Raises ShardError where a file is none."""
    for path in sorted(folder.glob("*.json")):
        try:
            yield Share.model_validate_json(path.read_bytes())
        except ValidationError as error:
            fault = Fault(path.name, str(error), "a share of a plan", "run the monitor again")
            raise ShardError(fault) from error


def profile_share(folder: PlanFolder, number: int, processes: int | None = None) -> None:
    """Leaves the partial profile of one share, unless an earlier try left it whole."""
    if folder.has(number):
        logger.info("share %d was profiled before", number)
        return
    plan = folder.plan
    items = tuple(plan.share(number))
    work = Work(plan.table, plan.columns, items, folder.baselines)
    parts = profile_items(work, processes)
    folder.save(Partial(plan.identifier, number, items, parts))
    logger.info(
        "share %d: %d rows of %d files", number, sum(i.file.rows for i in items), len(items)
    )
