"""The monitoring programs: from PATH, else from packages unpacked without root."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from localcloud import debian, tools

COMPILED_IN = "/usr/share/prometheus/alertmanager"
CONTROL = "Package: {package}\nVersion: 1\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n"
FAKE_APT_GET = """#!/bin/sh
echo "$@" >>{log}
case "$*" in
*update*) exit 100 ;;
*download*)
  for last in "$@"; do [ -e {archives}/"$last".deb ] && cp {archives}/"$last".deb .; done
  [ -e {archives}/"$last".deb ] || {{ echo "E: Unable to locate package $last" >&2; exit 100; }}
  ;;
esac
"""
FAKE_APT_CACHE = """#!/bin/sh
printf 'prometheus\\n  Depends: libc6\\nlibjs-page\\n'
"""


def script(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    file.chmod(0o755)


def archive(package: str, files: dict[str, str], folder: Path) -> None:
    """A real package file that holds these files."""
    content = folder / f"{package}-content"
    script(content / "DEBIAN/control", CONTROL.format(package=package))
    for name, text in files.items():
        script(content / name, text)
    command = ["dpkg-deb", "--build", str(content), str(folder / f"{package}.deb")]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a machine's packages. Its apt cannot update its lists."""
    archives = tmp_path / "archives"
    archives.mkdir()
    log = tmp_path / "apt.log"
    log.touch()
    script(tmp_path / "apt/apt-get", FAKE_APT_GET.format(log=log, archives=archives))
    script(tmp_path / "apt/apt-cache", FAKE_APT_CACHE)
    monkeypatch.setenv("PATH", f"{tmp_path / 'apt'}:/usr/bin:/bin")
    server = {"usr/bin/prometheus": "#!/bin/sh\necho server"}
    archive("prometheus", server, archives)
    archive("promtool", {"usr/bin/promtool": "#!/bin/sh\necho checker"}, archives)
    archive("libjs-page", {"usr/share/javascript/page.js": "page"}, archives)
    alerting = {
        "usr/bin/prometheus-alertmanager": f"#!/bin/sh\ncat {COMPILED_IN}/default.tmpl",
        "usr/bin/amtool": f"#!/bin/sh\ncat {COMPILED_IN}/default.tmpl",
        "usr/share/prometheus/alertmanager/default.tmpl": "the templates",
    }
    archive("prometheus-alertmanager", alerting, archives)
    return archives


def downloads(distribution: Path) -> list[str]:
    lines = (distribution.parent / "apt.log").read_text().splitlines()
    return [line.split(" download ")[1] for line in lines if " download " in line]


def test_programs_on_path_are_taken_as_they_are(tmp_path: Path) -> None:
    for name in ("prometheus", "promtool", "alertmanager", "amtool"):
        script(tmp_path / name, "#!/bin/sh\n")
    found = tools.find(tmp_path / "cache", str(tmp_path))
    assert found.prometheus == tools.Tool(tmp_path / "prometheus")
    assert found.promtool == tools.Tool(tmp_path / "promtool")
    assert found.alertmanager == tools.Tool(tmp_path / "alertmanager")
    assert found.amtool == tools.Tool(tmp_path / "amtool")
    assert not (tmp_path / "cache").exists()


def test_the_distribution_s_name_of_alertmanager_is_known(tmp_path: Path) -> None:
    for name in ("prometheus", "promtool", "prometheus-alertmanager", "amtool"):
        script(tmp_path / name, "#!/bin/sh\n")
    found = tools.find(tmp_path / "cache", str(tmp_path))
    assert found.alertmanager.program == tmp_path / "prometheus-alertmanager"


def test_missing_programs_are_unpacked_from_packages(distribution: Path, tmp_path: Path) -> None:
    found = tools.find(tmp_path / "cache", "")
    assert found.prometheus.run() == "server\n"
    assert found.promtool.run() == "checker\n"
    assert downloads(distribution) == [
        "prometheus libjs-page",
        "promtool",
        "prometheus-alertmanager libjs-page",
    ]


def test_the_unpacked_server_is_told_where_its_pages_are(
    distribution: Path, tmp_path: Path
) -> None:
    del distribution
    pages = tmp_path / "cache/prometheus/usr/share/prometheus/web"
    found = tools.find(tmp_path / "cache", "")
    assert found.prometheus.command("--x")[1:] == [f"--web.local-assets={pages}/", "--x"]
    assert (tmp_path / "cache/prometheus/usr/share/javascript/page.js").read_text() == "page"


def test_unpacked_alertmanager_programs_find_their_templates(
    distribution: Path, tmp_path: Path
) -> None:
    del distribution
    found = tools.find(tmp_path / "cache", "")
    assert found.alertmanager.run() == "the templates"
    assert found.amtool.run() == "the templates"


def test_what_was_fetched_once_is_not_fetched_again(distribution: Path, tmp_path: Path) -> None:
    assert tools.find(tmp_path / "cache", "") == tools.find(tmp_path / "cache", "")
    assert len(downloads(distribution)) == 3


def test_two_at_a_time_fetch_once(distribution: Path, tmp_path: Path) -> None:
    threads = [threading.Thread(target=tools.find, args=(tmp_path / "cache", "")) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(downloads(distribution)) == 3


def test_an_interrupted_fetch_is_started_afresh(distribution: Path, tmp_path: Path) -> None:
    torn = tmp_path / "cache/partial-prometheus-x1/root/usr/bin"
    script(torn / "prometheus", "half a prog")
    found = tools.find(tmp_path / "cache", "")
    assert found.prometheus.run() == "server\n"
    assert not torn.exists()
    del distribution


def test_a_fetch_that_fails_leaves_nothing_and_can_be_repeated(
    distribution: Path, tmp_path: Path
) -> None:
    hidden = distribution / "promtool.hidden"
    (distribution / "promtool.deb").rename(hidden)
    with pytest.raises(tools.ToolError, match="Unable to locate package promtool"):
        tools.find(tmp_path / "cache", "")
    assert [file.name for file in (tmp_path / "cache").iterdir()] == [".prometheus.lock"]
    hidden.rename(distribution / "promtool.deb")
    assert tools.find(tmp_path / "cache", "").promtool.run() == "checker\n"


def test_where_nothing_can_be_had_the_command_that_installs_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(tools.ToolError, match="brew install prometheus alertmanager"):
        tools.find(tmp_path / "cache")


def test_a_program_that_fails_says_what_it_said(tmp_path: Path) -> None:
    script(tmp_path / "checker", "#!/bin/sh\necho bad rule >&2\nexit 1\n")
    with pytest.raises(tools.ToolError, match="bad rule"):
        tools.Tool(tmp_path / "checker").run("check")


def test_packages_can_be_fetched_only_where_apt_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert debian.can_fetch() == (shutil.which("apt-get") is not None)
    monkeypatch.setenv("PATH", os.devnull)
    assert not debian.can_fetch()
