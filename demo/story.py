"""The story: train on winter, serve spring, be told of the drift, retrain, compare."""

from __future__ import annotations

import calendar
import os
import time
from datetime import UTC, datetime

from demo import executions
from demo.background_cloud import BackgroundCloud
from demo.conclusion import conclude
from demo.deployment import Deployment, deploy
from demo.facts import Facts
from demo.flights import FIRST_TRAINING_END, TRAFFIC_MONTHS, TRAINING_MONTHS, YEAR, Flights
from demo.memory import MemoryWatch
from demo.narrator import Narrator, Step
from demo.places import Places
from demo.raw_data import upload_month
from demo.traffic import ROWS_PER_REQUEST, deliver_labels, replay
from demo.versions import approve, versions
from tidewatch.core.config import load_model

_MODEL = "flights"


def tell(places: Places) -> int:
    """Run the whole loop; the exit code is 0 when drift alerted, retrained and was compared."""
    narrator = Narrator()
    facts = Facts(started_at=datetime.now(UTC))
    with narrator.step("Start the local cloud") as step:
        cloud = BackgroundCloud.start(places)
        memory = MemoryWatch(os.getpid(), BackgroundCloud.pid(places))
        memory.start()
        step.result(cloud.url)
    with narrator.step("Deploy the stacks") as step:
        deployment = deploy(places, cloud, step.now)
        step.result(f"{len(deployment.outputs)} stacks by the stock CDK CLI")
    loop = Loop(places, cloud, deployment, narrator, facts)
    loop.first_version()
    for month in TRAFFIC_MONTHS:
        loop.month(month)
    loop.report()
    facts.peak_memory_mb = memory.stop() // 2**20
    return conclude(places, cloud, deployment, narrator, facts)


class Loop:
    """The deployed platform, and the steps that the world around it takes."""

    def __init__(
        self,
        places: Places,
        cloud: BackgroundCloud,
        deployment: Deployment,
        narrator: Narrator,
        facts: Facts,
    ) -> None:
        self._cloud = cloud
        self._deployment = deployment
        self._narrator = narrator
        self._facts = facts
        self._model = load_model(places.project / "config", _MODEL)
        self._flights = Flights(places, self._model)

    def first_version(self) -> None:
        """Bring the first months' data, train on them, approve the version."""
        with self._narrator.step("Raw data of January to March") as step:
            sizes = [self._upload(month) for month in TRAINING_MONTHS]
            step.result(f"{sum(sizes) / 1e6:.1f} MB to S3")
        with self._narrator.step("Train version 1") as step:
            execution = executions.start(
                self._cloud,
                self._deployment.machine(f"{_MODEL}-training"),
                {"train_end": FIRST_TRAINING_END.isoformat(), "reason": "first version"},
            )
            self._follow_training(execution, step)
        self._approve("Approve and release version 1")

    def month(self, month: int) -> None:
        """A month of traffic, its labels and raw data, and what the monitors make of it."""
        name = f"{calendar.month_name[month]} {YEAR}"
        requests = list(self._flights.requests(month, ROWS_PER_REQUEST))
        with self._narrator.step(f"Traffic of {name}") as step:
            step.expect(self._flights.count(month))
            began = time.monotonic()
            # The last request is sent twice, as a client does that missed the answer.
            rows = replay(self._cloud, self._deployment, [*requests, requests[-1]], step.did)
            self._facts.serve(requests=len(requests) + 1, rows=rows, began=began)
            self._facts.labels += deliver_labels(self._cloud, self._deployment, _MODEL, requests)
            self._upload(month)
            step.result(f"{rows:,} flights in {len(requests):,} requests")
        with self._narrator.step(f"Monitor {name}") as step:
            executions.start(
                self._cloud, self._deployment.machine(f"{_MODEL}-monitoring"), {"window": "due"}
            ).wait(step.now)
            step.result("windows judged")
        self._answer_retraining()

    def report(self) -> None:
        """The page that people read, of the last window."""
        with self._narrator.step("Evidently report of the last window") as step:
            machine = self._deployment.machine(f"{_MODEL}-monitoring", "ReportMachineArn")
            executions.start(self._cloud, machine, {"window": "due"}).wait(step.now)
            step.result("HTML in S3")

    def _answer_retraining(self) -> None:
        """Once the platform retrains by itself: wait for the version, and approve it."""
        if self._facts.retrained:
            return
        machine = self._deployment.machine(f"{_MODEL}-training")
        runs = executions.of_machine(self._cloud, machine)
        if len(runs) == 1:
            return
        self._facts.retrained = True
        with self._narrator.step("Retrain, started by the verdict") as step:
            self._follow_training(runs[1], step)
        self._approve("Approve and release the challenger")

    def _follow_training(self, execution: executions.Execution, step: Step) -> None:
        began = time.monotonic()
        output = execution.wait(step.now)
        self._facts.training_runs.append(
            {
                "run_id": output["run_id"],
                "reason": output["reason"],
                "tuning_job": output["tuning"]["tuning_job"],
                "seconds": round(time.monotonic() - began, 1),
            }
        )
        newest = versions(self._cloud, _MODEL)[-1]
        step.result(
            f"version {newest.number}, ROC AUC {float(newest.metadata['roc_auc']):.3f} "
            "on its validation weeks"
        )

    def _approve(self, title: str) -> None:
        with self._narrator.step(title) as step:
            newest = versions(self._cloud, _MODEL)[-1]
            approve(self._cloud, self._deployment, newest)
            step.result(f"version {newest.number} in service")

    def _upload(self, month: int) -> int:
        return upload_month(self._cloud, self._deployment, self._flights, self._model, month)
