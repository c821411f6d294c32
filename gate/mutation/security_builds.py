"""Security faults in builds."""

from __future__ import annotations

from gate.mutation.mutation import Json, fault

_PROJECT = "AWS::CodeBuild::Project"


@fault("security", _PROJECT)
def build_shown_to_everybody(project: Json) -> None:
    """Logs and artifacts of a build are public."""
    project["Visibility"] = "PUBLIC_READ"


@fault("security", _PROJECT)
def build_with_a_password(project: Json) -> None:
    """A password stands among the variables of a build."""
    variables = project["Environment"]["EnvironmentVariables"]
    variables.append({"Name": "REGISTRY_PASSWORD", "Type": "PLAINTEXT", "Value": "summer-of-69"})
