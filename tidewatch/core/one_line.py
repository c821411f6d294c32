"""Text from outside, made fit for a line of a log or of a terminal."""

from __future__ import annotations


def one_line(text: str) -> str:
    r"""`text` with escapes for what would end the line, steer a terminal, or not be seen.

    >>> print(one_line("late\nERROR all is lost\x1b[2J"))
    late\nERROR all is lost\x1b[2J
    >>> one_line("Zürich, 東京")
    'Zürich, 東京'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
