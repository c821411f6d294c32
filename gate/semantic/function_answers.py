"""What functions answer, as far as their code writes it out: `return {"guarded": not reason}`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from gate.assembly import Assembly, Resource
from gate.reading import is_known, text
from gate.semantic.announced_kinds import Announced, kind_announced
from gate.semantic.data_shape import UNKNOWN, Shape, shape_of_literal
from gate.semantic.function_code import Code, code_of

_FUNCTION = "AWS::Lambda::Function"
_DEEPEST = 4
_BUILT_IN = {
    "str": "string",
    "int": "number",
    "float": "number",
    "len": "number",
    "bool": "boolean",
}


@dataclass(frozen=True)
class _Module:
    """The functions of a handler's module, and those that it imports."""

    functions: Mapping[str, ast.FunctionDef]
    imported: Announced


class Answers:
    """The shapes of what an assembly's functions in Python answer."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._known: dict[Resource, Shape] = {}

    def of(self, name: str) -> Shape:
        """What the function of an ARN or a name answers."""
        function = self._assembly.at(name, _FUNCTION)
        if function is None:
            return UNKNOWN
        if function not in self._known:
            self._known[function] = self._read(function)
        return self._known[function]

    def _read(self, function: Resource) -> Shape:
        handler = function.properties.get("Handler")
        code = code_of(self._assembly, function)
        python = text(function.properties.get("Runtime")).startswith("python")
        if code is None or not python or not is_known(handler):
            return UNKNOWN
        return shape_of_answer(code, str(handler))


@lru_cache(maxsize=2)
def answers_of(assembly: Assembly) -> Answers:
    """The answers of an assembly's functions, read once for all rules."""
    return Answers(assembly)


def shape_of_answer(code: Code, handler: str) -> Shape:
    """What a handler returns; a decorator may make anything of that."""
    module, _, name = handler.rpartition(".")
    path = code.module(module.replace("/", "."))
    try:
        tree = ast.parse((code.read(path) if path else None) or b"")
    except (SyntaxError, ValueError):
        return UNKNOWN
    functions = {item.name: item for item in tree.body if isinstance(item, ast.FunctionDef)}
    return _returned(_Module(functions, Announced(code, tree)), name)


def _returned(module: _Module, name: str, depth: int = 0) -> Shape:
    """What a function of the module returns, whichever way it goes; else what it announces."""
    function = module.functions.get(name)
    if function is None:
        return module.imported.of(name)
    if function.decorator_list or depth > _DEEPEST:
        return UNKNOWN
    announced = kind_announced(function)
    if announced.kind:
        return announced
    answer: Shape | None = None
    for value in _returns(function.body):
        shape = UNKNOWN if value is None else _shape(module, value, depth)
        answer = shape if answer is None else answer.join(shape)
    return UNKNOWN if answer is None else answer


def _returns(body: list[ast.stmt]) -> Iterator[ast.expr | None]:
    """The values of a function's own return statements."""
    waiting: list[ast.AST] = [*body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return):
            yield node.value
        elif isinstance(node, ast.Yield | ast.YieldFrom):
            yield None
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def _shape(module: _Module, value: ast.expr, depth: int) -> Shape:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        kind = _BUILT_IN.get(value.func.id)
        if kind is not None and value.func.id not in module.functions:
            return Shape(kind=kind)
        return _returned(module, value.func.id, depth + 1)
    if isinstance(value, ast.IfExp):
        return _shape(module, value.body, depth).join(_shape(module, value.orelse, depth))
    return _of_object(module, value, depth) if isinstance(value, ast.Dict) else _scalar(value)


def _scalar(value: ast.expr) -> Shape:
    if isinstance(value, ast.Constant) and value.value is not None:
        return shape_of_literal(value.value)
    if isinstance(value, ast.JoinedStr):
        return Shape(kind="string")
    is_not = isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not)
    return Shape(kind="boolean") if is_not or isinstance(value, ast.Compare) else UNKNOWN


def _of_object(module: _Module, value: ast.Dict, depth: int) -> Shape:
    fields: dict[str, Shape] = {}
    is_open = False
    for key, item in zip(value.keys, value.values, strict=True):
        shape = _shape(module, item, depth + 1)
        if key is None:
            fields.update(shape.fields)
            is_open = is_open or shape.open
        elif isinstance(key, ast.Constant):
            fields[str(key.value)] = shape
        else:
            is_open = True
    return Shape(fields, is_open)
