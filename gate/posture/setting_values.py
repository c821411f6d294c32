"""Functions are given settings that their code can read as what it takes them for."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator, Mapping

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.posture.settings import ENVIRONMENTS, own_modules, variable_read
from gate.reading import is_known, mapping, within

_READERS: Mapping[str, Callable[[str], object]] = {
    "int": int,
    "float": float,
    "json.loads": json.loads,
}


def settings_can_be_read(assembly: Assembly) -> Iterator[Finding]:
    """A variable that the handler's code makes a number, a list or a choice of is one."""
    for function in assembly.resources("AWS::Lambda::Function"):
        variables = mapping(within(function.properties, "Environment.Variables"))
        known = {name: str(value) for name, value in variables.items() if is_known(value)}
        faults: set[str] = set()
        for tree in own_modules(assembly, function) if known else ():
            faults.update(_list_faults(tree, known))
            faults.update(reason for node in ast.walk(tree) for reason in _faults(node, known))
        for reason in sorted(faults):
            yield function.finding("posture.setting-value", reason)


def _faults(node: ast.AST, known: Mapping[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Call) and len(node.args) == 1:
        name, made = _variable(node.args[0]), ast.unparse(node.func)
        if name in known and made in _READERS and not _is_read(_READERS[made], known[name]):
            yield (
                f"{name} is {known[name]!r}, which its code's {made}() refuses: each call fails; "
                f"give it what {made}() takes"
            )
    if isinstance(node, ast.Compare) and len(node.comparators) == 1:
        name, other = _variable(node.left), node.comparators[0]
        found = known.get(name, "")
        wanted = str(other.value) if isinstance(other, ast.Constant) else found
        if found != wanted and found.strip().lower() == wanted.lower():
            yield f"{name} is {found!r}, which its code never takes for {wanted!r}: write it so"


def _list_faults(tree: ast.Module, known: Mapping[str, str]) -> Iterator[str]:
    """Lists with blanks beside the commas, in statements that take none away."""
    for statement in ast.walk(tree):
        if not isinstance(statement, ast.stmt) or hasattr(statement, "body"):
            continue
        calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
        if any(
            isinstance(call.func, ast.Attribute) and call.func.attr == "strip" for call in calls
        ):
            continue
        for call in calls:
            name, separator = _split(call)
            parts = known.get(name, "").split(separator) if separator else []
            if any(part != part.strip() for part in parts):
                yield (
                    f"{name} has blanks beside its {separator!r}, at which its code splits it: "
                    f"{parts[-1]!r} is the name of nothing; leave them out"
                )


def _split(call: ast.Call) -> tuple[str, str]:
    """The variable that a call splits and the separator; empty where it does not."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "split" or not call.args:
        return "", ""
    separator = call.args[0]
    text = separator.value if isinstance(separator, ast.Constant) else None
    known = isinstance(text, str) and text.strip() == text
    return (_variable(call.func.value), str(text)) if known else ("", "")


def _variable(node: ast.AST) -> str:
    """The variable of `os.environ["X"]`, `environ.get("X", …)` or `os.getenv("X")`, or none."""
    if not isinstance(node, ast.Call) or not node.args:
        return variable_read(node) or ""
    called, first = ast.unparse(node.func), node.args[0]
    asked = called.endswith("getenv") or (
        called.endswith(".get") and called.removesuffix(".get").split(".")[-1] in ENVIRONMENTS
    )
    return str(first.value) if asked and isinstance(first, ast.Constant) else ""


def _is_read(reader: Callable[[str], object], value: str) -> bool:
    try:
        reader(value)
    except ValueError:
        return False
    return True


RULES: tuple[Rule, ...] = (settings_can_be_read,)
