"""Images that are run are images that somebody pushes: of builds, and of who runs them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import leaves, text, texts
from gate.semantic.state_machine import machines
from gate.wiring.builds import pushed_by, pushes_unseen

_PROJECT = "AWS::CodeBuild::Project"
_REPOSITORY = "AWS::ECR::Repository"
_IMAGE = re.compile(r"[\w.-]+\.dkr\.ecr\.[\w.-]+/[\w./-]+:[\w.-]+")


class _Pushed:
    """The tags that the builds of an assembly push, by repository, where that can be told."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._tags: dict[str, set[str]] = defaultdict(set)
        self._hidden: set[str] = set()
        self._all_hidden = _started_otherwise(assembly)
        for project in assembly.resources(_PROJECT):
            self._read(project)

    def lacks(self, repository: Resource, tag: str) -> bool:
        """Whether builds push to a repository, all their tags are known, and this is none."""
        known = self._tags.get(repository.name)
        hidden = self._all_hidden or repository.name in self._hidden
        return known is not None and not hidden and tag not in known

    def tags(self, repository: Resource) -> str:
        """What is pushed there, in words."""
        return ", ".join(sorted(self._tags[repository.name]))

    def _read(self, project: Resource) -> None:
        for image in pushed_by(project):
            name, _, tag = image.rpartition(":")
            repository = self._assembly.at(image, _REPOSITORY)
            if repository is None:
                self._all_hidden |= "$" in name or not name
            elif "$" in tag or "/" in tag:
                self._hidden.add(repository.name)
            else:
                self._tags[repository.name].add(tag)
        self._all_hidden |= pushes_unseen(project)


def _started_otherwise(assembly: Assembly) -> bool:
    """Whether whoever starts a build may give its variables other values."""
    asked = [machine.definition for machine in machines(assembly)]
    asked += [pipeline.properties for pipeline in assembly.resources("AWS::CodePipeline::Pipeline")]
    return any(
        "EnvironmentVariablesOverride" in path or path.endswith("EnvironmentVariables")
        for path, _ in leaves(asked)
    )


def images_are_pushed(assembly: Assembly) -> Iterator[Finding]:
    """What runs an image of a repository that the assembly builds for names a tag of a build."""
    pushed = _Pushed(assembly)
    told: set[tuple[str, str]] = set()
    for resource, path, image in _run(assembly):
        repository = assembly.at(image, _REPOSITORY)
        if repository is None or (resource.name, image) in told:
            continue
        if pushed.lacks(repository, image.rpartition(":")[2]):
            told.add((resource.name, image))
            yield resource.finding(
                "wiring.image-not-pushed",
                f"{path} is {image}, and the builds push {pushed.tags(repository)} only: there is "
                "no such image; name what is pushed",
            )


def _run(assembly: Assembly) -> Iterator[tuple[Resource, str, str]]:
    """Every image with a tag that a resource or a machine's definition names, with the path."""
    settings = [(resource, resource.properties) for resource in assembly.resources()]
    settings += [(machine.resource, machine.definition) for machine in machines(assembly)]
    for resource, setting in settings:
        for path, value in leaves(setting):
            if isinstance(value, str) and _IMAGE.fullmatch(value):
                yield resource, path, value


def awaited_images_are_pushed(assembly: Assembly) -> Iterator[Finding]:
    """A custom resource that waits for an image of a repository names a tag of a build."""
    pushed = _Pushed(assembly)
    for resource in assembly.resources():
        if not resource.type.startswith(("Custom::", "AWS::CloudFormation::CustomResource")):
            continue
        values = texts(list(resource.properties.values()))
        projects = [assembly.at(value, _PROJECT) for value in values]
        tag = text(resource.properties, "Tag") or text(resource.properties, "ImageTag")
        for value in values if any(projects) and tag else ():
            repository = assembly.at(value, _REPOSITORY)
            if repository is not None and pushed.lacks(repository, tag):
                yield resource.finding(
                    "wiring.image-not-pushed",
                    f"it asks for {repository.name} with the tag {tag}, and the builds push "
                    f"{pushed.tags(repository)} only: it waits in vain; name what is pushed",
                )


RULES = (images_are_pushed, awaited_images_are_pushed)
