"""What functions that are imported answer, as far as their annotation says it: `-> bool`."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cached_property

from gate.semantic.data_shape import UNKNOWN, Shape
from gate.semantic.function_code import Code

_KINDS = {"bool": "boolean", "float": "number", "int": "number", "str": "string"}


class Announced:
    """The kinds of what the functions answer that a module imports by name."""

    def __init__(self, code: Code, tree: ast.Module) -> None:
        self._code = code
        self._tree = tree

    def of(self, name: str) -> Shape:
        """What an imported function answers; a decorator may make anything of that."""
        module, original = self._imported.get(name, ("", ""))
        for item in self._module(module).body if module else ():
            if isinstance(item, ast.FunctionDef) and item.name == original:
                return kind_announced(item)
        return UNKNOWN

    @cached_property
    def _imported(self) -> Mapping[str, tuple[str, str]]:
        """Where each name comes from that is imported from a module of the code."""
        return {
            alias.asname or alias.name: (item.module, alias.name)
            for item in self._tree.body
            if isinstance(item, ast.ImportFrom) and item.module and not item.level
            for alias in item.names
        }

    def _module(self, dotted: str) -> ast.Module:
        path = self._code.module(dotted)
        try:
            return ast.parse((self._code.read(path) if path else None) or b"")
        except (SyntaxError, ValueError):
            return ast.Module([], [])


def kind_announced(function: ast.FunctionDef) -> Shape:
    """The kind that a function's annotation names; UNKNOWN where it names none of the plain ones.

    >>> kind_announced(ast.parse("def f() -> bool: return True").body[0]).kind
    'boolean'
    """
    returns = function.returns
    plain = isinstance(returns, ast.Name) and not function.decorator_list
    kind = _KINDS.get(returns.id, "") if plain and isinstance(returns, ast.Name) else ""
    return Shape(kind=kind) if kind else UNKNOWN
