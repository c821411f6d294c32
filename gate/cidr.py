"""Splits a block of addresses, as `Fn::Cidr` does."""

from __future__ import annotations

import ipaddress
from itertools import islice

from gate.arguments import MalformedError


def blocks(block: str, count: int, host_bits: int | None) -> list[str]:
    """The first `count` blocks of `host_bits` bits in `block`.

    >>> blocks("10.0.0.0/16", 2, 8)
    ['10.0.0.0/24', '10.0.1.0/24']
    """
    try:
        network = ipaddress.ip_network(block)
        prefix = network.max_prefixlen - (8 if host_bits is None else host_bits)
        found = [str(part) for part in islice(network.subnets(new_prefix=prefix), count)]
    except ValueError as error:
        raise MalformedError(f"{block}: {error}") from None
    if len(found) < count:
        raise MalformedError(f"{count} blocks of {block}, which holds {len(found)}")
    return found
