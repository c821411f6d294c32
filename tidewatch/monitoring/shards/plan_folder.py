"""Where a plan, its baselines and its partial profiles are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import orjson

from tidewatch.aws.objects import ObjectStore
from tidewatch.core.errors import Fault
from tidewatch.core.window import Window
from tidewatch.monitoring.shards.errors import ShardError
from tidewatch.monitoring.shards.partial import Partial, read_partial
from tidewatch.monitoring.shards.plan import Plan
from tidewatch.monitoring.shards.planned_baselines import PlannedBaselines
from tidewatch.monitoring.shards.window_part import WindowPart, merge_parts, miscounted

_JSON = "application/json"


def plans_prefix(model: str) -> str:
    """Where a model's plans are in the history bucket."""
    return f"partials/{model}/"


@dataclass(frozen=True)
class PlanFolder:
    """The folder of the plan `identifier` of `model` in `store`."""

    store: ObjectStore
    model: str
    identifier: str

    @classmethod
    def write(
        cls, store: ObjectStore, model: str, plan: Plan, baselines: dict[str, bytes]
    ) -> PlanFolder:
        """Keeps `plan`: its baselines and shares first, so that a plan that is there is whole."""
        folder = cls(store, model, plan.identifier)
        for version, body in baselines.items():
            store.write(folder._baseline(version), body, _JSON)
        for number in range(plan.shares):
            share = {"plan": plan.identifier, "share": number}
            store.write(folder._key(f"shares/{number:05d}.json"), orjson.dumps(share), _JSON)
        store.write(folder._key("plan.json"), plan.to_json(), _JSON)
        return folder

    @cached_property
    def plan(self) -> Plan:
        """The plan. Raises ShardError where it is not what its name says."""
        key = self._key("plan.json")
        plan = Plan.from_json(self.store.read(key), key)
        if plan.identifier != self.identifier:
            raise ShardError(
                Fault(key, f"plan {plan.identifier}", "the plan it is named for", "plan anew")
            )
        return plan

    @cached_property
    def baselines(self) -> PlannedBaselines:
        """Every version's baseline, as it was when the plan was made."""
        documents = {name: self.store.read(self._baseline(name)) for name in self.plan.baselines}
        return PlannedBaselines(documents, self.plan.without_baseline)

    def save(self, partial: Partial) -> None:
        """Keeps a partial profile, whole or not at all."""
        self.store.write(self._part(partial.share), partial.to_json(), _JSON)

    def has(self, share: int) -> bool:
        """True where share `share` was profiled, wholly."""
        try:
            self.load(share)
        except ShardError:
            return False
        return True

    def load(self, share: int) -> Partial:
        """The partial profile of a share. Raises ShardError where it is absent or not whole."""
        key = self._part(share)
        if key not in {item.key for item in self.store.under(key)}:
            raise ShardError(
                Fault(
                    key, "nothing", f"the partial profile of share {share}", "run the monitor again"
                )
            )
        empty = Partial(self.identifier, share, tuple(self.plan.share(share)), {})
        return read_partial(self.store.read(key), key, empty, self.baselines.of)

    def partials(self) -> Iterator[Partial]:
        """Every share's. Raises ShardError with a fault for each that is absent or not whole."""
        faults: list[Fault] = []
        for share in range(self.plan.shares):
            try:
                partial = self.load(share)
            except ShardError as error:
                faults.extend(error.faults)
            else:
                if not faults:
                    yield partial
        if faults:
            raise ShardError(*faults)

    def merged(self) -> dict[Window, WindowPart]:
        """The whole of each window. Raises ShardError where a row is missing."""
        whole = {item.window: WindowPart() for item in self.plan.windows}
        for partial in self.partials():
            for window, part in partial.parts.items():
                whole[window] = merge_parts([whole[window], part])
        for window, part in whole.items():
            if gaps := miscounted(part.profiles):
                raise ShardError(
                    Fault(
                        f"{self._key('')}: {window}",
                        f"profiles that lack rows: {dict(gaps)}",
                        "as many rows in profiles as were seen",
                        "run the monitor again: it writes partial profiles anew",
                    )
                )
        return whole

    def _baseline(self, version: str) -> str:
        return self._key(f"baselines/{version}.json")

    def _part(self, share: int) -> str:
        return self._key(f"parts/{share:05d}.json")

    def _key(self, name: str) -> str:
        return f"{plans_prefix(self.model)}{self.identifier}/{name}"
