"""Functions are given the settings that their code cannot do without."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.reading import within
from gate.semantic.function_code import Code, code_of

ENVIRONMENTS = ("environ", "environment", "env")
# Lambda itself sets these.
_GIVEN = ("AWS_", "LAMBDA_", "_", "TZ", "PATH", "LANG")


def settings_are_given(assembly: Assembly) -> Iterator[Finding]:
    """Each variable that the handler's code reads without a default is set."""
    for function in assembly.resources("AWS::Lambda::Function"):
        variables = within(function.properties, "Environment.Variables") or {}
        for name in sorted(_needed(assembly, function) - set(variables)):
            yield function.finding(
                "posture.function-setting",
                f"its code reads {name} from the environment, which does not have it: "
                "set it in Environment.Variables, or give it a default in the code",
            )


def _needed(assembly: Assembly, function: Resource) -> set[str]:
    trees = own_modules(assembly, function)
    found = {name for tree in trees for name in _read(tree)}
    return {name for name in found if not name.startswith(_GIVEN)}


def own_modules(assembly: Assembly, function: Resource) -> list[ast.Module]:
    """The handler's module, and those beside it that it imports."""
    code = code_of(assembly, function)
    handler = function.properties.get("Handler")
    if code is None or not isinstance(handler, str):
        return []
    module = handler.rpartition(".")[0].replace("/", ".")
    tree = _parsed(code, module)
    return [tree, *(_parsed(code, name) for name in _own_imports(tree, module))]


def variable_read(node: ast.AST) -> str | None:
    """The variable that an expression reads from the environment, by subscription; else None."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.ctx, ast.Load):
        return None
    holder, key = node.value, node.slice
    name = getattr(holder, "attr", getattr(holder, "id", ""))
    text = key.value if isinstance(key, ast.Constant) else None
    known = name in ENVIRONMENTS and isinstance(text, str) and text.isupper()
    return str(text) if known else None


def _parsed(code: Code, module: str) -> ast.Module:
    path = code.module(module)
    try:
        return ast.parse((code.read(path) or b"") if path else b"")
    except (SyntaxError, ValueError):
        return ast.Module([], [])  # other rules say so


def _own_imports(tree: ast.Module, module: str) -> Iterator[str]:
    """The modules beside the handler's that it imports."""
    package = module.split(".", 1)[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package:
            yield str(node.module)


def _read(tree: ast.Module) -> Iterator[str]:
    """The variables that are read by subscription, which fails where they are not set."""
    for node in ast.walk(tree):
        name = variable_read(node)
        if name is not None:
            yield name


RULES: tuple[Rule, ...] = (settings_are_given,)
