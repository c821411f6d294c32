"""No secret stands in a template: not by its look, not by its name, not by a reference."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.posture.tasks import MACHINE, definition
from gate.reading import is_given, is_true, leaves, number, parts, within

_LOOKS = {
    "an AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY",
    "a Slack token": r"\bxox[abeoprs]-[0-9A-Za-z-]{8,}",
    "a Slack webhook": r"hooks\.slack\.com/(?:services|workflows)/\w+",
    "a Teams webhook": r"\.webhook\.office\.com/webhookb2/\w+",
    "a Discord webhook": r"discord(?:app)?\.com/api/webhooks/\d+",
    "a GitHub token": r"\b(?:gh[opsur]_[0-9A-Za-z]{30,}|github_pat_\w{20,})",
    "a GitLab token": r"\bglpat-[\w-]{16,}",
    "a Google key": r"\bAIza[\w-]{30,}",
    "a Stripe key": r"\b[rs]k_(?:live|test)_\w{16,}",
    "a Grafana token": r"\bgl(?:sa|c)_\w{20,}",
    "a Hugging Face token": r"\bhf_[0-9A-Za-z]{20,}",
    "a Docker token": r"\bdckr_(?:pat|oat)_[\w-]{12,}",
    "an npm token": r"\bnpm_[0-9A-Za-z]{30,}",
    "an OpenAI or Anthropic key": r"\bsk-(?:ant-|proj-)?[\w-]{20,}",
    "a SendGrid key": r"\bSG\.[\w-]{16,}\.[\w-]{16,}",
    "a JSON web token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*",
    "a password in a URL": r"\b[a-z][a-z0-9+]*://[^/\s:@{}$]+:[^/\s@{}$]{3,}@",
    "a setting of a secret": (
        r"(?i)\b(?:routing_key|service_key|api_?key|password|auth_?token|access_?token|"
        r"slack_api_url|client_secret|secret_?access_?key|integration_key)\"?\s*[:=]\s*"
        r"['\"]?(?!arn:|\{\{|\$|None\b|null\b|true\b|false\b)[\w/+.:-]{12,}"
    ),
}
_PATTERNS = {what: re.compile(look) for what, look in _LOOKS.items()}
_NAMED = re.compile(
    r"(?:password|passwd|passphrase|secret|secret_?string|token|api_?key|api_?key_?value|"
    r"private_?key|secret_?key|access_?key|secret_?access_?key|credentials?|routing_?key|"
    r"integration_?key|signing_?key|webhook(?:_?url)?|auth)$",
    re.IGNORECASE,
)
# Names that end so, of things that are no secret.
_HARMLESS = re.compile(
    r"(?:^|\.)(?:GenerateStringKey|NextToken|ClientToken|TaskToken|PartitionKey|Key)$"
)
_SHORTEST = 16
_REFERENCE = re.compile(r"^(?:arn:|\{\{resolve:|unresolved:|\$|States\.|s3://|alias/)")
_DYNAMIC = re.compile(r"\{\{resolve:(?:secretsmanager|ssm-secure|ssm)")


def by_look(assembly: Assembly) -> Iterator[Finding]:
    """Nothing anywhere in a template looks like a secret."""
    for template in assembly.templates:
        named = dict(template.raw.get("Resources") or {})
        for name, resource in template.resources.items():
            for path, value in leaves([named.get(name), dict(resource.properties)]):
                what = _looks_like(value)
                if what:
                    yield resource.finding("posture.secret-look", _said(path, what))
                    break
        rest = {key: value for key, value in template.raw.items() if key != "Resources"}
        for path, value in leaves(rest):
            what = _looks_like(value)
            if what:
                yield Finding("posture.secret-look", template.stack, _said(path, what))


def by_name(assembly: Assembly) -> Iterator[Finding]:
    """What is named as a secret refers to one: it does not hold it."""
    for resource in assembly.resources():
        for path, value in _written(resource):
            name = path.rsplit(".", 1)[-1]
            if _NAMED.search(name) and not _HARMLESS.search(path) and _is_literal(value):
                yield resource.finding(
                    "posture.secret-name",
                    f"{path} holds plain text: keep it in Secrets Manager and pass its ARN",
                )


def in_the_open(assembly: Assembly) -> Iterator[Finding]:
    """A secret is not resolved into a place where whoever may look at a resource reads it."""
    for resource in assembly.resources():
        for path, value in leaves(resource.properties):
            open_place = re.search(r"Environment|UserData|Command|HyperParameters|BuildSpec", path)
            if open_place and isinstance(value, str) and _DYNAMIC.search(value):
                yield resource.finding(
                    "posture.secret-resolved",
                    f"{path} resolves a secret into plain text: pass its ARN, read it at run time",
                )


def parameters(assembly: Assembly) -> Iterator[Finding]:
    """A parameter that takes a secret is hidden and has no default."""
    for template in assembly.templates:
        for name, parameter in (template.raw.get("Parameters") or {}).items():
            hidden = is_true(within(parameter, "NoEcho"))
            default = within(parameter, "Default")
            if hidden and is_given(default):
                yield Finding(
                    "posture.secret-parameter",
                    f"{template.stack}/{name}",
                    "a NoEcho parameter has a default that anyone can read: leave it out",
                )
            elif not hidden and _NAMED.search(name):
                yield Finding(
                    "posture.secret-parameter",
                    f"{template.stack}/{name}",
                    "it is named as a secret, and echoed: set NoEcho to true",
                )


def stored_in_the_template(assembly: Assembly) -> Iterator[Finding]:
    """A secret's value is generated, or put there by a person."""
    for secret in assembly.resources("AWS::SecretsManager::Secret"):
        if is_given(secret.properties.get("SecretString")):
            yield secret.finding(
                "posture.secret-string",
                "SecretString is in the template: generate it, or put it in after the deployment",
            )


def generated_long(assembly: Assembly) -> Iterator[Finding]:
    """A generated secret is too long to be guessed."""
    for secret in assembly.resources("AWS::SecretsManager::Secret"):
        length = number(within(secret.properties, "GenerateSecretString.PasswordLength"))
        if length is not None and length < _SHORTEST:
            yield secret.finding(
                "posture.secret-length",
                f"PasswordLength is {length:g}: expected {_SHORTEST} or more",
            )


def _looks_like(value: object) -> str | None:
    return _look(value) if isinstance(value, str) else None


@functools.lru_cache(maxsize=1 << 16)
def _look(value: str) -> str | None:
    return next((what for what, look in _PATTERNS.items() if look.search(value)), None)


def _said(path: str, what: str) -> str:
    return f"{path} holds what looks like {what}: keep it in Secrets Manager and pass its ARN"


def _written(resource: Resource) -> Iterator[tuple[str, object]]:
    """Settings as written: an intrinsic is a reference, so only plain text is left to judge."""
    yield from leaves(resource.raw)
    yield from _paired(resource.raw)
    if resource.type == MACHINE:
        body: Mapping[str, Any] = definition(resource)
        yield from leaves(body)
        yield from _paired(body)


def _paired(value: object) -> Iterator[tuple[str, object]]:
    """Variables that are written as a list of names and values, as containers and builds do."""
    for part in parts(value):
        name = part.get("Name")
        # A build's variable may be of a type that only says where the secret is.
        if isinstance(name, str) and part.get("Type", "PLAINTEXT") == "PLAINTEXT":
            yield f"the variable {name}", part.get("Value")


def _is_literal(value: object) -> bool:
    return (
        isinstance(value, str)
        and len(value) > 3  # noqa: PLR2004 - no secret is that short
        and not _REFERENCE.match(value)
        and value.lower() not in ("true", "false", "none", "required", "optional")
    )


RULES: tuple[Rule, ...] = (
    by_look,
    by_name,
    in_the_open,
    parameters,
    stored_in_the_template,
    generated_long,
)
