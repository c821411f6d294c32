"""The SageMaker Python SDK v3, a client that nobody here wrote, as a notebook would use it."""

from __future__ import annotations

import importlib
import io
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import boto3
import pytest

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.workbench import Workbench, archive, image, unique

# The SDK's own deprecations are not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore")
# Seconds; the SDK's own choice is five.
POLL = 1
SCORE = {"Name": "validation:score", "Regex": r"validation:score=([-0-9.]+)"}


class Sdk:
    """The SDK's modules, and a session of it on the local cloud."""

    def __init__(self, bucket: str) -> None:
        self.train = self._module("sagemaker.train")
        self.configs = self._module("sagemaker.train.configs")
        self.tuner = self._module("sagemaker.train.tuner")
        self.parameter = self._module("sagemaker.core.parameter")
        self.resources = self._module("sagemaker.core.resources")
        self.shapes = self._module("sagemaker.core.shapes")
        helper = self._module("sagemaker.core.helper.session_helper")
        self.session = helper.Session(default_bucket=bucket)

    def trainer(self, bench: Workbench, **hyperparameters: str) -> Any:
        """A ModelTrainer of the test image."""
        return self.train.ModelTrainer(
            sagemaker_session=self.session,
            role=bench.role,
            training_image=image("test_trainer"),
            base_job_name="sdk",
            compute=self.configs.Compute(
                instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=1
            ),
            hyperparameters=hyperparameters,
            output_data_config=self.configs.OutputDataConfig(s3_output_path=bench.uri("sdk")),
            stopping_condition=self.configs.StoppingCondition(max_runtime_in_seconds=60),
        )

    @staticmethod
    def _module(name: str) -> ModuleType:
        return importlib.import_module(name)


@pytest.fixture(scope="module")
def bench(cloud: LocalCloud) -> Workbench:
    return Workbench.create(cloud)


@pytest.fixture(scope="module")
def sdk(bench: Workbench) -> Iterator[Sdk]:
    """The SDK in an environment as a user would set it."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in bench.cloud.environment().items():
            patch.setenv(name, value)
        patch.setenv("SAGEMAKER_VALIDATE_ROLE", "false")
        patch.setattr(boto3, "DEFAULT_SESSION", None)  # the SDK would take another test's
        yield Sdk(bench.bucket)


def channel(bench: Workbench, sdk: Sdk) -> Any:
    bench.put("sdk-data/part-0.csv", "1,2")
    return sdk.configs.InputData(channel_name="train", data_source=bench.uri("sdk-data/"))


def test_a_model_trainer_trains(bench: Workbench, sdk: Sdk) -> None:
    trainer = sdk.trainer(bench, x="0.3", y="7")
    trainer.train(input_data_config=[channel(bench, sdk)], wait=True, logs=True)
    job = sdk.resources.TrainingJob.get(trainer._latest_training_job.training_job_name)
    assert job.training_job_status == "Completed"
    key = job.model_artifacts.s3_model_artifacts.removeprefix(bench.uri(""))
    assert bench.get(key)


def test_a_model_trainer_tells_why_training_failed(bench: Workbench, sdk: Sdk) -> None:
    trainer = sdk.trainer(bench, mode="fail")
    trainer.train(input_data_config=[channel(bench, sdk)], wait=False)
    with pytest.raises(Exception, match="the label column is constant"):
        trainer._latest_training_job.wait(poll=POLL)


def test_a_tuner_finds_its_best_training_job(bench: Workbench, sdk: Sdk) -> None:
    tuner = sdk.tuner.HyperparameterTuner(
        model_trainer=sdk.trainer(bench, depth="3"),
        objective_metric_name=SCORE["Name"],
        metric_definitions=[SCORE],
        hyperparameter_ranges={
            "x": sdk.parameter.ContinuousParameter(0.0, 1.0),
            "y": sdk.parameter.IntegerParameter(1, 20),
            "rate": sdk.parameter.CategoricalParameter(["slow", "fast"]),
        },
        max_jobs=4,
        max_parallel_jobs=2,
        random_seed=7,
        base_tuning_job_name="sdk",
    )
    tuner.tune(inputs=[channel(bench, sdk)], wait=False)
    tuner.latest_tuning_job.wait(poll=POLL)
    best = sdk.resources.TrainingJob.get(tuner.best_training_job())
    assert best.training_job_status == "Completed"
    assert best.hyper_parameters["depth"] == "3"
    job = tuner.describe()
    assert job.training_job_status_counters.completed == 4


def test_an_endpoint_is_made_asked_and_deleted(bench: Workbench, sdk: Sdk) -> None:
    resources, shapes = sdk.resources, sdk.shapes
    name = unique("sdk")
    document = json.dumps({"constant": 4.0}).encode()
    uri = bench.put(f"{name}/model.tar.gz", archive({"model.json": document}))
    resources.Model.create(
        model_name=name,
        primary_container=shapes.ContainerDefinition(
            image=image("test_scorer"), model_data_url=uri
        ),
        execution_role_arn=bench.role,
    )
    resources.EndpointConfig.create(
        endpoint_config_name=name,
        production_variants=[
            shapes.ProductionVariant(
                variant_name="champion",
                model_name=name,
                initial_instance_count=1,
                instance_type="ml.m5.large",
                initial_variant_weight=1.0,
            )
        ],
    )
    endpoint = resources.Endpoint.create(endpoint_name=name, endpoint_config_name=name)
    endpoint.wait_for_status("InService", poll=POLL)
    answer = endpoint.invoke(
        body=json.dumps({"instances": [[1, 2]]}),
        content_type="application/json",
        target_variant="champion",
    )
    assert json.load(io.BytesIO(answer.body.read()))["predictions"] == [4.0]
    endpoint.delete()
    endpoint.wait_for_delete(poll=POLL)
