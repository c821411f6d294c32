"""Images are built by the account, once for each content, before anything runs them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from localcloud.dockerfile import read_dockerfile
from stacks.constructs import image_source
from stacks.constructs.image_source import COPIED, ImageSource
from tests.infra.conftest import PROJECT

Templates = dict[str, Template]
BASE = "python:3.11-slim"


def images(templates: Templates) -> dict[str, dict[str, Any]]:
    found = templates["images"].find_resources("Custom::ContainerImage")
    return {name: dict(item) for name, item in found.items()}


def test_an_image_is_built_for_each_program_and_waited_for(templates: Templates) -> None:
    wanted = images(templates)
    assert set(wanted) == {"TrainingImage", "ServingImage", "MonitoringImage"}
    for image in wanted.values():
        assert 0 < int(image["Properties"]["ServiceTimeout"]) <= 3600
        # Whoever hears that a build has ended is there before one is started.
        depended = " ".join(image["DependsOn"])
        for what in ("BuildEnded", "Project", "BuilderServiceRoleDefaultPolicy"):
            assert what in depended


def test_jobs_run_the_tags_that_were_built(templates: Templates) -> None:
    tags = {name: image["Properties"]["Tag"] for name, image in images(templates).items()}
    assert len(set(tags.values())) == 3
    training = json.dumps(templates["flights-training"].to_json())
    assert f":{tags['TrainingImage']}" in training
    assert f":{tags['ServingImage']}" in training  # what registration puts into a package
    assert f":{tags['MonitoringImage']}" in json.dumps(templates["flights-monitoring"].to_json())


@pytest.mark.parametrize("part", ["training", "serving", "monitoring"])
def test_a_models_stacks_are_deployed_after_the_images(
    templates: Templates, assembly: Path, part: str
) -> None:
    assert templates
    manifest = json.loads(
        (assembly / "assembly-tidewatch-prod" / "manifest.json").read_text(encoding="utf-8")
    )
    by_name = {
        artifact["displayName"].split("/")[1].split(" ")[0]: (name, artifact["dependencies"])
        for name, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    images_artifact, _ = by_name["images"]
    _, dependencies = by_name[f"flights-{part}"]
    assert images_artifact in dependencies


def test_neither_synthesis_nor_deployment_needs_docker(
    templates: Templates, assembly: Path
) -> None:
    assert templates
    manifests = list(assembly.rglob("*.assets.json"))
    assert manifests
    for manifest in manifests:
        assert json.loads(manifest.read_text(encoding="utf-8"))["dockerImages"] == {}


def test_a_build_may_push_one_image_and_read_one_source(templates: Templates) -> None:
    policies = templates["images"].find_resources("AWS::IAM::Policy")
    building = [
        policy["Properties"]["PolicyDocument"]["Statement"]
        for name, policy in policies.items()
        if not name.startswith("Builder")
    ]
    assert len(building) == 3
    for statements in building:
        everywhere = [item["Action"] for item in statements if item["Resource"] == "*"]
        assert everywhere == ["ecr:GetAuthorizationToken"]
        (pushing,) = [item for item in statements if "ecr:PutImage" in item["Action"]]
        assert isinstance(pushing["Resource"], dict)  # one repository


@pytest.mark.parametrize("image", sorted(COPIED))
def test_a_build_has_every_folder_that_its_dockerfile_copies(image: str) -> None:
    text = (PROJECT / "images" / image / "Dockerfile").read_text(encoding="utf-8")
    sources = {source for copy in read_dockerfile(text).copies for source in copy.sources}
    own = {source for source in sources if source.startswith(f"images/{image}/")}
    assert sources - own == set(COPIED[image])


def tag(folder: Path, image: str = "serving", base: str = BASE) -> str:
    app = cdk.App(outdir=str(folder))
    return ImageSource(cdk.Stack(app, "stack"), "Source", image=image).tag(base)


def test_the_same_content_has_the_same_tag_and_another_base_another(tmp_path: Path) -> None:
    first = tag(tmp_path / "a")
    assert tag(tmp_path / "b") == first
    assert tag(tmp_path / "c", base=f"{BASE}@sha256:1") != first
    assert tag(tmp_path / "d", image="training") != first


def test_a_changed_line_of_code_is_another_tag_and_a_compiled_file_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    for folder in ("images/serving", *COPIED["serving"]):
        shutil.copytree(PROJECT / folder, project / folder)
    monkeypatch.setattr(image_source, "_PROJECT", project)
    before = tag(tmp_path / "a")
    (project / "tidewatch" / "__pycache__").mkdir(exist_ok=True)
    (project / "tidewatch" / "__pycache__" / "new.cpython-311.pyc").write_bytes(b"compiled")
    assert tag(tmp_path / "b") == before
    (project / "tidewatch" / "new.py").write_text("NEW = 1\n")
    assert tag(tmp_path / "c") != before
