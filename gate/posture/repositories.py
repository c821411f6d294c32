"""Image repositories: scanned, immutable, and rid of old images."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.posture.requirement import Requirement
from gate.posture.tasks import MACHINE, definition
from gate.reading import is_true, leaves, mappings, number, within

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


def _rule_faults(rule: Mapping[str, Any]) -> Iterator[str]:
    selection = rule.get("selection")
    counted = within(selection, "countType")
    if within(selection, "tagStatus") not in ("any", "tagged", "untagged"):
        yield "tagStatus is none of any, tagged, untagged"
    if counted not in ("imageCountMoreThan", "sinceImagePushed", "sinceImagePulled"):
        yield f"countType is {counted!r}: expected imageCountMoreThan or sinceImagePushed"
    if (number(within(selection, "countNumber")) or 0) < 1:
        yield "countNumber is below 1"
    if within(rule, "action.type") not in ("expire", "transition"):
        yield "action.type is not expire: nothing would go"


def one_image(assembly: Assembly) -> Iterator[Finding]:
    """What runs an image names one: a tag that moves runs another tomorrow."""
    for resource in assembly.resources():
        settings = [resource.properties, definition(resource) if resource.type == MACHINE else {}]
        for path, value in leaves(settings):
            name = path.rsplit(".", 1)[-1]
            if name not in _IMAGES or not isinstance(value, str) or ".dkr.ecr." not in value:
                continue
            image = value.rsplit("/", 1)[-1]
            if image.endswith(":latest") or not {":", "@"} & set(image):
                yield resource.finding(
                    "posture.image-latest",
                    f"{path} is {value!r}: name a tag that stays, or a digest",
                )


RULES: tuple[Rule, ...] = (
    lifecycle,
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
