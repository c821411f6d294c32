"""Images that are run are pushed, builds are waited for, and what is named lasts."""

from __future__ import annotations

import json

import pytest

from gate.wiring import lasting_objects, late_answers, pushed_images
from tests.gate.wiring.templates import (
    Json,
    arn,
    changed,
    found,
    function,
    join,
    log_group,
    machine,
    ref,
    resource,
    role,
    task,
)

RULES = (*pushed_images.RULES, *late_answers.RULES, *lasting_objects.RULES)
URI = {"Fn::GetAtt": ["Repository", "RepositoryUri"]}
JOB = "arn:aws:states:::sagemaker:createProcessingJob.sync"


def commands(*written: str, **variables: str) -> str:
    specification = {"env": {"variables": variables}, "phases": {"build": {"commands": written}}}
    return json.dumps(specification)


def custom(kind: str, depends_on: list[str], **properties: object) -> Json:
    return {"Type": f"Custom::{kind}", "Properties": properties, "DependsOn": depends_on}


BUILT = {
    "Repository": resource("ECR::Repository"),
    "Group": log_group(),
    "Role": role("states"),
    "Machine": machine(task(JOB, AppSpecification={"ImageUri": join(URI, ":v1")})),
    "Build": resource(
        "CodeBuild::Project",
        Environment={
            "PrivilegedMode": True,
            "EnvironmentVariables": [
                {"Name": "REPOSITORY", "Value": URI},
                {"Name": "TAG", "Value": "v1"},
            ],
        },
        QueuedTimeoutInMinutes=20,
        TimeoutInMinutes=30,
        Source={"BuildSpec": commands('docker push "$REPOSITORY:${TAG}"', TAG="v0")},
    ),
    "Builder": function(),
    "Ended": resource(
        "Events::Rule",
        EventPattern={"source": ["aws.codebuild"]},
        Targets=[{"Id": "a", "Arn": arn("Builder")}],
    ),
    "Permission": resource(
        "Lambda::Permission", FunctionName=arn("Builder"), SourceArn=arn("Ended")
    ),
    "Image": custom(
        "Image",
        ["Ended", "Permission"],
        ServiceToken=arn("Builder"),
        ServiceTimeout="3000",
        Project=ref("Build"),
        Repository=ref("Repository"),
        Tag="v1",
    ),
}
_COMMANDS = "Build.Properties.Source.BuildSpec"
_TAG = "Build.Properties.Environment.EnvironmentVariables.1.Value"
_NOT_PUSHED = "wiring.image-not-pushed"


def test_an_image_that_is_built_and_waited_for_is_fine() -> None:
    assert found(BUILT, RULES) == set()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (_TAG, "v2"),
        (_COMMANDS, commands("docker push $REPOSITORY:v2")),
        (_COMMANDS, commands("docker buildx build --push --tag $REPOSITORY:v2 .")),
        (_COMMANDS, "phases: {build: {commands: [docker push $REPOSITORY:v2]}}"),
    ],
)
def test_images_under_another_tag_are_found(path: str, value: object) -> None:
    expected = {(_NOT_PUSHED, "Machine"), (_NOT_PUSHED, "Image")}
    assert found(changed(BUILT, path, value), RULES) == expected


def test_one_that_runs_what_nobody_pushes_is_found() -> None:
    other = machine(task(JOB, Environment={"SERVING": join(URI, ":latest")}))
    assert found({**BUILT, "Other": other}, RULES) == {(_NOT_PUSHED, "Other")}


@pytest.mark.parametrize(
    "written",
    [
        commands("docker push $REPOSITORY:$CODEBUILD_RESOLVED_SOURCE_VERSION"),
        commands("TAG=$(git describe)", "docker push $REPOSITORY:$TAG"),
        commands("docker push $ELSEWHERE:v2"),
        commands("docker push --all-tags $REPOSITORY"),
        commands("./push.sh"),
        commands("docker build ."),
        "buildspec.yml",
        None,
    ],
)
def test_tags_that_only_a_build_knows_are_left_alone(written: str | None) -> None:
    assert found(changed(BUILT, _COMMANDS, written), RULES) == set()


def test_a_build_that_is_started_with_another_tag_is_left_alone() -> None:
    start = task(
        "arn:aws:states:::codebuild:startBuild.sync",
        ProjectName=ref("Build"),
        EnvironmentVariablesOverride=[{"Name": "TAG", "Value": "v1"}],
    )
    assert found({**changed(BUILT, _TAG, "v0"), "Start": machine(start)}, RULES) == set()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Image.Properties.ServiceTimeout", "2999"),
        ("Build.Properties.TimeoutInMinutes", None),
        ("Build.Properties.QueuedTimeoutInMinutes", None),
    ],
)
def test_an_answer_that_comes_too_late_is_found(path: str, value: object) -> None:
    assert found(changed(BUILT, path, value), RULES) == {("wiring.answer-late", "Image")}


@pytest.mark.parametrize("kept", [["Ended"], ["Permission"], []])
def test_an_answer_of_which_nobody_hears_is_found(kept: list[str]) -> None:
    broken = changed(BUILT, "Permission.Properties.SourceArn", None) if kept else BUILT
    broken = changed(broken, "Image.DependsOn", [name for name in kept if name != "Ended"])
    assert found(broken, RULES) == {("wiring.answer-unheard", "Image")}


def test_whoever_answers_at_once_need_not_wait() -> None:
    plain = changed(BUILT, "Ended.Properties.EventPattern.source", ["aws.ecr"])
    plain = changed(plain, "Image.DependsOn", [])
    assert found(changed(plain, "Image.Properties.ServiceTimeout", "60"), RULES) == set()


def test_an_execution_is_waited_for_too() -> None:
    slow = {"StartAt": "A", "TimeoutSeconds": 1800, "States": {"A": {"Type": "Succeed"}}}
    sound = {**BUILT, "Slow": machine(slow)}
    sound = changed(sound, "Ended.Properties.EventPattern.source", ["aws.states"])
    sound = changed(sound, "Image.Properties.Project", ref("Slow"))
    assert found(sound, RULES) == set()
    broken = changed(sound, "Image.Properties.ServiceTimeout", 900)
    assert found(broken, RULES) == {("wiring.answer-late", "Image")}


TRAINING = "arn:aws:states:::sagemaker:createTrainingJob.sync"
OUTPUT = {"S3OutputPath": join("s3://", ref("Data"), "/models")}
KEPT = {
    "Data": resource(
        "S3::Bucket",
        LifecycleConfiguration={
            "Rules": [
                {"Status": "Enabled", "Prefix": "scratch/", "ExpirationInDays": 7},
                {"Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 30}},
            ]
        },
    ),
    "Versions": resource("SageMaker::ModelPackageGroup", ModelPackageGroupName="versions"),
    "Group": log_group(),
    "Role": role("states"),
    "Machine": machine(task(TRAINING, RoleArn=arn("Role"), OutputDataConfig=OUTPUT)),
    "Runs": resource("SageMaker::MlflowApp", ArtifactStoreUri=join("s3://", ref("Data"), "/runs")),
    "Table": resource(
        "Glue::Table",
        TableInput={
            "Parameters": {"table_type": "ICEBERG"},
            "StorageDescriptor": {"Location": join("s3://", ref("Data"), "/tables/rows")},
        },
    ),
}
_RULE = "Data.Properties.LifecycleConfiguration.Rules.0"


def test_what_nothing_names_may_expire() -> None:
    assert found(KEPT, RULES) == set()


@pytest.mark.parametrize("prefix", ["", "mod", "models/", "runs/", "tables/", "tables/rows/"])
def test_what_is_named_may_not(prefix: str) -> None:
    broken = changed(KEPT, f"{_RULE}.Prefix", prefix)
    assert found(broken, RULES) == {("wiring.named-objects", "Data")}
    archived = changed(broken, f"{_RULE}.ExpirationInDays", None)
    archived = changed(archived, f"{_RULE}.Transitions", [{"StorageClass": "DEEP_ARCHIVE"}])
    assert found(archived, RULES) == {("wiring.named-objects", "Data")}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{_RULE}.Prefix", "tables/rows_old/"),
        (f"{_RULE}.Prefix", "modelsets/"),
        (f"{_RULE}.Status", "Disabled"),
        (f"{_RULE}.TagFilters", [{"Key": "scratch", "Value": "yes"}]),
        (f"{_RULE}.ExpirationInDays", 3650),
        (f"{_RULE}.Transitions", [{"StorageClass": "INTELLIGENT_TIERING"}]),
    ],
)
def test_rules_about_other_objects_are_fine(path: str, value: object) -> None:
    wide = changed(KEPT, f"{_RULE}.Prefix", "models/")
    narrow = KEPT if path.endswith(("Prefix", "Transitions")) else wide
    assert found(changed(narrow, path, value), RULES) == set()


def test_a_table_without_a_log_of_its_own_may_lose_old_rows() -> None:
    plain = changed(KEPT, "Table.Properties.TableInput.Parameters", {"classification": "parquet"})
    assert found(changed(plain, f"{_RULE}.Prefix", "tables/"), RULES) == set()


def test_models_that_nobody_registers_may_expire() -> None:
    tried = changed(KEPT, "Versions", None)
    assert found(changed(tried, f"{_RULE}.Prefix", "models/"), RULES) == set()


@pytest.mark.parametrize("sound", [BUILT, KEPT])
@pytest.mark.parametrize("odd", [None, 5, "text", [], {}, [1, None, ["a"]]])
def test_no_rule_falls_over_odd_properties(sound: dict[str, Json], odd: object) -> None:
    for name, made in sound.items():
        for key in made["Properties"]:
            found(changed(sound, f"{name}.Properties.{key}", odd), RULES)
