"""What a connection of EventBridge sends along: what is secret in it is marked so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.reading import is_true, mappings, text, within

_PARAMETERS = "AuthParameters.InvocationHttpParameters"
_OAUTH_PARAMETERS = "AuthParameters.OAuthParameters.OAuthHttpParameters"
_LISTS = ("BodyParameters", "HeaderParameters", "QueryStringParameters")
_SECRET_NAME = re.compile(
    r"(?:password|passwd|secret|token|credentials?|authorization|"
    r"(?:api|access|private|routing|service|integration|signing)[-_]?key)$",
    re.IGNORECASE,
)
_FROM_A_SECRET = re.compile(r"\{\{resolve:(?:secretsmanager|ssm-secure):|:secretsmanager:")


def parameters_are_marked(assembly: Assembly) -> Iterator[Finding]:
    """A parameter that is named as a secret, or resolved from one, is marked as a secret value."""
    for connection in assembly.resources("AWS::Events::Connection"):
        for place in (_PARAMETERS, _OAUTH_PARAMETERS):
            for kind in _LISTS:
                for parameter in mappings(within(connection.properties, f"{place}.{kind}")):
                    name = text(parameter, "Key")
                    is_secret = _SECRET_NAME.search(name) or _FROM_A_SECRET.search(
                        text(parameter, "Value")
                    )
                    if is_secret and not is_true(parameter.get("IsValueSecret")):
                        yield connection.finding(
                            "posture.connection-secret",
                            f"{kind}.{name} holds a secret and is not marked: whoever may describe "
                            "the connection reads it; set IsValueSecret to true",
                        )


RULES: tuple[Rule, ...] = (parameters_are_marked,)
