"""A request that cannot be answered: the status, and what to say about it."""

from __future__ import annotations


class RequestError(Exception):
    """A fault of the client's, answered as `{"error": {"found", "expected", "remedy"}}`."""

    def __init__(self, found: str, expected: str, remedy: str, *, status: int = 400) -> None:
        super().__init__(f"found {found}; expected {expected}; {remedy}")
        self.status = status
        self.found = found
        self.expected = expected
        self.remedy = remedy

    def body(self) -> dict[str, dict[str, str]]:
        """The JSON body of the answer."""
        return {"error": {"found": self.found, "expected": self.expected, "remedy": self.remedy}}
