"""Ports that are taken are avoided."""

from __future__ import annotations

import socket

from localcloud.ports import free_port, in_use


def test_a_free_port_can_be_listened_on() -> None:
    port = free_port()
    assert not in_use(port)
    with socket.create_server(("127.0.0.1", port)):
        assert in_use(port)


def test_no_port_is_given_twice() -> None:
    ports = [free_port() for _ in range(200)]
    assert len(set(ports)) == 200
