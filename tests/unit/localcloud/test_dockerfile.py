from __future__ import annotations

from localcloud.dockerfile import Copy, read_dockerfile

DOCKERFILE = """
# syntax=docker/dockerfile:1
ARG PYTHON=3.11
FROM python:${PYTHON}-slim AS base
ENV PYTHONPATH=/opt/program \\
    GREETING="hello world"
WORKDIR /opt/program

FROM base as image
# not a line
RUN pip install -r requirements.txt
COPY --chown=root tidewatch/ tidewatch/
COPY --from=base /x /y
COPY ["a.py", "b.py", "/opt/program/"]
ENV PATH=/opt/venv/bin:$PATH HOME_OF=$PYTHONPATH/x
ENTRYPOINT ["python", "/opt/program/main.py"]
CMD ["serve"]
"""


def test_a_stage_inherits_from_the_stage_it_is_built_from() -> None:
    stage = read_dockerfile(DOCKERFILE)
    assert stage.workdir == "/opt/program"
    assert stage.environment["PYTHONPATH"] == "/opt/program"


def test_quotes_and_continued_lines_are_read_as_docker_reads_them() -> None:
    assert read_dockerfile(DOCKERFILE).environment["GREETING"] == "hello world"


def test_variables_are_replaced_by_what_is_known() -> None:
    environment = read_dockerfile(DOCKERFILE).environment
    assert environment["HOME_OF"] == "/opt/program/x"
    assert environment["PATH"] == "/opt/venv/bin:$PATH"


def test_copies_from_the_context_are_kept_and_copies_from_stages_are_not() -> None:
    assert read_dockerfile(DOCKERFILE).copies == (
        Copy(("tidewatch/",), "/opt/program/tidewatch"),
        Copy(("a.py", "b.py"), "/opt/program"),
    )


def test_exec_form_is_a_list_and_shell_form_goes_through_a_shell() -> None:
    stage = read_dockerfile(DOCKERFILE)
    assert stage.entrypoint == ("python", "/opt/program/main.py")
    assert stage.command == ("serve",)
    assert read_dockerfile("FROM a\nCMD run it").command == ("/bin/sh", "-c", "run it")


def test_the_old_form_of_env_takes_the_rest_of_the_line() -> None:
    assert read_dockerfile("FROM a\nENV NAME two words").environment == {"NAME": "two words"}


def test_an_unrelated_stage_hands_nothing_on() -> None:
    assert read_dockerfile("FROM a AS one\nENV A=1\nFROM b\nENV B=2").environment == {"B": "2"}
