"""promtool and amtool, as the laptop's cloud finds them."""

from __future__ import annotations

from functools import cache
from typing import Literal

from localcloud.tools import Tool, ToolError, find

_MOST = 400


def complaint(program: Literal["promtool", "amtool"], *arguments: str) -> str | None:
    """What the program says against a file, on one line; None where it finds no fault.

    A program that is not to be had is a complaint too: a check that cannot be made was not passed.
    """
    tool = _tool(program)
    if isinstance(tool, str):
        return tool
    try:
        tool.run(*arguments)
    except ToolError as error:
        return " ".join(error.faults[0].found.split())[:_MOST]
    return None


@cache
def _tool(program: Literal["promtool", "amtool"]) -> Tool | str:
    try:
        tools = find()
    except ToolError as error:
        return str(error)
    return tools.promtool if program == "promtool" else tools.amtool
