"""Image repositories: scanned, immutable, and rid of old images."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.posture.requirement import Requirement
from gate.posture.tasks import MACHINE, definition
from gate.reading import is_given, is_true, leaves, mappings, number, within

_REPOSITORY = "AWS::ECR::Repository"
_IMAGES = ("Image", "ImageUri", "TrainingImage")


def lifecycle(assembly: Assembly) -> Iterator[Finding]:
    """A repository's lifecycle policy can be read, and expires something."""
    for repository in assembly.resources(_REPOSITORY):
        text = within(repository.properties, "LifecyclePolicy.LifecyclePolicyText")
        for fault in _lifecycle_faults(text):
            yield repository.finding("posture.image-lifecycle", fault)


def _lifecycle_faults(text: object) -> Iterator[str]:
    if not isinstance(text, str):
        yield "old images are kept and paid for for ever: set LifecyclePolicyText"
        return
    try:
        rules = mappings(within(json.loads(text), "rules"))
    except ValueError:
        yield "LifecyclePolicyText is no JSON"
        return
    priorities = [rule.get("rulePriority") for rule in rules]
    if not rules or len({str(each) for each in priorities}) != len(priorities):
        yield f"the rules' priorities are {priorities}: expected one rule at least, each its own"
    for rule in rules:
        yield from _rule_faults(rule)
    yield from _order_faults(rules)


def _order_faults(rules: list[Mapping[str, Any]]) -> Iterator[str]:
    """ECR refuses a policy in which what is for any image does not come last, or comes twice."""
    for kind in ("any", "untagged"):
        alike = [rule for rule in rules if within(rule, "selection.tagStatus") == kind]
        places = {str(within(rule, "selection.storageClass")) for rule in alike}
        if len(alike) > len(places):
            yield f"{len(alike)} rules are for {kind} images, which ECR refuses: make them one"
    live = [rule for rule in rules if within(rule, "selection.storageClass") != "archive"]
    last = max((number(rule.get("rulePriority")) or 0 for rule in live), default=0)
    for rule in live:
        early = (number(rule.get("rulePriority")) or 0) < last
        if within(rule, "selection.tagStatus") == "any" and early:
            yield (
                "the rule for any image does not come last, which ECR refuses: give it the "
                "largest rulePriority"
            )


def _rule_faults(rule: Mapping[str, Any]) -> Iterator[str]:
    selection = rule.get("selection")
    counted = within(selection, "countType")
    if within(selection, "tagStatus") not in ("any", "tagged", "untagged"):
        yield "tagStatus is none of any, tagged, untagged"
    if counted not in ("imageCountMoreThan", "sinceImagePushed", "sinceImagePulled"):
        yield f"countType is {counted!r}: expected imageCountMoreThan or sinceImagePushed"
    if (number(within(selection, "countNumber")) or 0) < 1:
        yield "countNumber is below 1"
    if counted == "imageCountMoreThan" and is_given(within(selection, "countUnit")):
        yield "countUnit is for ages, and countType is imageCountMoreThan: leave it out"
    if counted in ("sinceImagePushed", "sinceImagePulled") and (
        within(selection, "countUnit") != "days"
    ):
        yield f"countUnit is {within(selection, 'countUnit')!r}: expected days"
    if within(rule, "action.type") not in ("expire", "transition"):
        yield "action.type is not expire: nothing would go"


def images_to_go_back_to(assembly: Assembly) -> Iterator[Finding]:
    """A repository keeps the image before the last, and does not end by age what is in service."""
    named = {repository.name for repository in _in_use(assembly)}
    for repository in assembly.resources(_REPOSITORY):
        for rule in _rules(repository) if repository.name in named else ():
            selection = within(rule, "selection")
            if within(rule, "action.type") != "expire" or not _is_of_all(selection):
                continue
            counted = within(selection, "countType")
            kept = number(within(selection, "countNumber")) or 0
            if counted == "imageCountMoreThan" and kept == 1:
                yield repository.finding(
                    "posture.image-kept",
                    "one image is kept: with the next push, what is in service is deleted and "
                    "there is nothing to go back to; keep more",
                )
            if counted == "sinceImagePushed":
                yield repository.finding(
                    "posture.image-kept",
                    f"images end {kept:g} days after their push, also those in service: what runs "
                    "them does not start again; count images instead",
                )


def _is_of_all(selection: object) -> bool:
    """Whether a rule is for all images that have a tag."""
    patterns = within(selection, "tagPatternList")
    return bool(within(selection, "tagStatus") == "any" or patterns == ["*"])


def _rules(repository: Resource) -> list[Mapping[str, Any]]:
    text = within(repository.properties, "LifecyclePolicy.LifecyclePolicyText")
    try:
        return mappings(within(json.loads(text), "rules")) if isinstance(text, str) else []
    except ValueError:
        return []


def _in_use(assembly: Assembly) -> Iterator[Resource]:
    """The repositories of which some image is named anywhere, by its tag or digest."""
    for _, _, value in _uris(assembly):
        repository = assembly.at(value, _REPOSITORY)
        if repository is not None and {":", "@"} & set(value.rsplit("/", 1)[-1]):
            yield repository


def _uris(assembly: Assembly) -> Iterator[tuple[Resource, str, str]]:
    """Each text that may be an image of ECR, or a repository of it, with where it is."""
    for resource in assembly.resources():
        settings = [resource.properties, definition(resource) if resource.type == MACHINE else {}]
        for path, value in leaves(settings):
            if isinstance(value, str) and ".dkr.ecr." in value:
                yield resource, path, value


def one_image(assembly: Assembly) -> Iterator[Finding]:
    """What runs an image names one: a tag that moves runs another tomorrow."""
    for resource, path, value in _uris(assembly):
        image = value.rsplit("/", 1)[-1]
        run = path.rsplit(".", 1)[-1] in _IMAGES
        if run and (image.endswith(":latest") or not {":", "@"} & set(image)):
            yield resource.finding(
                "posture.image-latest",
                f"{path} is {value!r}: name a tag that stays, or a digest",
            )


RULES: tuple[Rule, ...] = (
    lifecycle,
    images_to_go_back_to,
    one_image,
    Requirement(
        "posture.image-scan",
        _REPOSITORY,
        "ImageScanningConfiguration.ScanOnPush",
        "set it to true",
        holds=is_true,
    ),
    Requirement(
        "posture.image-immutable",
        _REPOSITORY,
        "ImageTagMutability",
        "a tag could be given to another image; set IMMUTABLE",
        holds=lambda value: isinstance(value, str) and value.startswith("IMMUTABLE"),
    ),
)
