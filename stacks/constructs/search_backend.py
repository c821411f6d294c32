"""What a search service looks like to those who write to it and read from it."""

from __future__ import annotations

from typing import Protocol

from aws_cdk import aws_iam as iam
from constructs import Node


class SearchBackend(Protocol):
    """A domain or a collection that holds verdicts."""

    url: str
    service: str
    """What requests are signed for: `es` or `aoss`."""

    @property
    def node(self) -> Node:
        """Its place in the tree of constructs: what must wait for all of it depends on this."""

    def may_prepare(self, role: iam.IRole) -> None:
        """Let a role say how the indices of verdicts are kept."""

    def may_write(self, role: iam.IRole) -> None:
        """Let a role add verdicts."""

    def may_read(self, role: iam.IRole) -> None:
        """Let a role search for verdicts."""
