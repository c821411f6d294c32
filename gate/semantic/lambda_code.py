"""The code of functions: the handler is there, and can be imported as far as that can be told."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import is_known, text
from gate.semantic.function_code import Code, code_of

_FUNCTION = "AWS::Lambda::Function"
_SCRIPTS = (".js", ".mjs", ".cjs")


def handlers_exist(assembly: Assembly) -> Iterable[Finding]:
    """A function's handler is defined in the code that is deployed with it."""
    for function in assembly.resources(_FUNCTION):
        handler, runtime = (
            function.properties.get("Handler"),
            text(function.properties.get("Runtime")),
        )
        code = code_of(assembly, function)
        if code is None or not is_known(handler):
            continue
        reason = _handler_fault(code, str(handler), runtime)
        if reason is not None:
            yield function.finding("semantic.handler", reason)


def code_can_be_imported(assembly: Assembly) -> Iterable[Finding]:
    """The handler's module is Python, and the modules of its own package that it imports exist."""
    for function in assembly.resources(_FUNCTION):
        handler = function.properties.get("Handler")
        code = code_of(assembly, function)
        python = text(function.properties.get("Runtime")).startswith("python")
        if code is None or not python or not is_known(handler):
            continue
        module = str(handler).rpartition(".")[0].replace("/", ".")
        for reason in _import_faults(code, module):
            yield function.finding("semantic.handler-import", reason)


def _handler_fault(code: Code, handler: str, runtime: str) -> str | None:
    module, _, name = handler.rpartition(".")
    if not module or not name:
        return f"the handler is {handler!r}, expected <module>.<function>"
    if runtime.startswith("python"):
        return _python_fault(code, module.replace("/", "."), name)
    if runtime.startswith("nodejs"):
        return _node_fault(code, module, name)
    return None


def _python_fault(code: Code, module: str, name: str) -> str | None:
    path = code.module(module)
    if path is None:
        expected = f"{module.replace('.', '/')}.py"
        return f"the handler's module {module} is not in the code, expected {expected}"
    tree = _parsed(code, path)
    if tree is None or name in _defined(tree):
        return None
    return f"{path} defines no {name!r}, which the handler names"


def _node_fault(code: Code, module: str, name: str) -> str | None:
    for suffix in _SCRIPTS:
        source = code.read(f"{module}{suffix}")
        if source is not None:
            return None if name.encode() in source else f"{module}{suffix} exports no {name!r}"
    return f"the handler's module {module} is not in the code, expected {module}.js or .mjs"


def _parsed(code: Code, path: str) -> ast.Module | None:
    try:
        return ast.parse(code.read(path) or b"")
    except (SyntaxError, ValueError):
        return None


def _defined(tree: ast.Module) -> set[str]:
    """The names that a module has once it is imported, as far as its text says."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update((item.asname or item.name).split(".")[0] for item in node.names)
    return names


def _import_faults(code: Code, module: str) -> Iterator[str]:
    """Faults of a module, and of the modules of the same code that it needs."""
    waiting, seen = [module], set[str]()
    while waiting:
        name = waiting.pop()
        path = code.module(name)
        if path is None or path in seen:
            continue
        seen.add(path)
        tree = _parsed(code, path)
        if tree is None:
            yield f"{path} is no Python that can be parsed"
            continue
        for needed in _needed(tree, name, is_package=path.endswith("__init__.py")):
            owner = needed.partition(".")[0]
            # What the code does not carry may come with a layer or with the runtime; but of a
            # package that it does carry, the rest is expected here too.
            if code.carries(owner) and not code.has(needed):
                yield f"{path} imports {needed}, which is not in the code"
            if owner not in code.installed:
                waiting.append(needed)


def _needed(tree: ast.Module, module: str, *, is_package: bool) -> Iterator[str]:
    """The modules that are imported when this one is, and not only when something runs or fails."""
    package = module if is_package else module.rpartition(".")[0]
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".") if node.level else []
            base = base[: len(base) - (node.level - 1)] if node.level else base
            name = ".".join([*base, *([node.module] if node.module else [])])
            if name:
                yield name


RULES = (handlers_exist, code_can_be_imported)
