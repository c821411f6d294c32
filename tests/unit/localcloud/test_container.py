from __future__ import annotations

import sys
from pathlib import Path

import pytest

from localcloud.clients import RoleCredentials
from localcloud.dockerfile import Copy
from localcloud.images import Image
from localcloud.jobs.container import Container, ContainerError, create_container
from localcloud.jobs.environment import container_environment
from localcloud.state import Settings


def image(context: Path, *copies: Copy, entrypoint: tuple[str, ...] = ("python", "x")) -> Image:
    return Image(
        uri="registry/test",
        name="test",
        context=context,
        environment={"PYTHONPATH": "/opt/program", "PATH": "/nowhere"},
        entrypoint=entrypoint,
        command=(),
        workdir="/opt/program",
        copies=copies,
    )


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return create_container(tmp_path / "root", image(tmp_path))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/opt/ml/model", "{root}/opt/ml/model"),
        ("--dir=/opt/ml", "--dir={root}/opt/ml"),
        ("/a:/opt/program:/b", "/a:{root}/opt/program:/b"),
        ("s3://bucket/opt/ml/x", "s3://bucket/opt/ml/x"),
        ("/opt/mlflow", "/opt/mlflow"),
        ("/usr/opt/ml", "/usr/opt/ml"),
    ],
)
def test_container_paths_become_real_ones_where_a_path_starts(
    container: Container, text: str, expected: str
) -> None:
    assert container.translate(text) == expected.format(root=container.root)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104 - it is what must not stay
        ("--host=0.0.0.0:8080", "--host=127.0.0.1:8080"),
        ("10.0.0.0.0", "10.0.0.0.0"),
        ("2.0.0.0", "2.0.0.0"),
    ],
)
def test_every_address_of_a_container_is_the_loopback_of_the_laptop(
    container: Container, text: str, expected: str
) -> None:
    assert container.translate(text) == expected


def test_python_is_this_interpreter(container: Container) -> None:
    assert container.command(["python3", "/opt/program/x.py"], ["a"]) == [
        sys.executable,
        f"{container.root}/opt/program/x.py",
        "a",
    ]


def test_an_image_without_an_entry_point_cannot_run(container: Container) -> None:
    with pytest.raises(ContainerError, match="no entry point"):
        container.command([], [])


def test_a_path_may_not_lead_out_of_the_container(container: Container) -> None:
    with pytest.raises(ContainerError, match="leaves the container"):
        container.path("/opt/ml/../../../etc")


def test_a_copied_folder_is_the_projects_own(tmp_path: Path) -> None:
    (tmp_path / "context/lib").mkdir(parents=True)
    (tmp_path / "context/lib/a.py").write_text("a")
    (tmp_path / "context/main.py").write_text("main")
    copies = (Copy(("lib",), "/opt/program/lib"), Copy(("main.py",), "/opt/program"))
    made = create_container(tmp_path / "root", image(tmp_path / "context", *copies))
    assert made.path("/opt/program/lib/a.py").read_text() == "a"
    assert made.path("/opt/program/main.py").read_text() == "main"


def test_a_folder_copied_onto_the_program_folder_gives_its_children(tmp_path: Path) -> None:
    (tmp_path / "context").mkdir()
    (tmp_path / "context/main.py").write_text("main")
    made = create_container(
        tmp_path / "root", image(tmp_path / "context", Copy((".",), "/opt/program"))
    )
    assert made.path("/opt/program/main.py").read_text() == "main"


def test_the_environment_is_the_images_the_requests_and_the_platforms(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.setenv("SECRET_OF_THE_SERVER", "x")
    found = container_environment(
        container,
        {"DATA": "/opt/ml/input", "AWS_REGION": "eu-west-1"},
        RoleCredentials("key", "secret", "token"),
        Settings(port=1234, home=container.root, project=container.root),
    )
    assert found == {
        "LANG": "C.UTF-8",
        "PYTHONPATH": f"{container.root}/opt/program",
        "PATH": f"{Path(sys.executable).parent}:/usr/bin",
        "DATA": f"{container.root}/opt/ml/input",
        "HOME": str(container.root),
        "TMPDIR": str(container.root / "tmp"),
        "ML_ROOT": f"{container.root}/opt/ml",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1234",
        "AWS_ALLOW_HTTP": "true",
        "AWS_CONDITIONAL_PUT": "etag",
        "SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT": "http://127.0.0.1:1234/_mlflow",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
    }
