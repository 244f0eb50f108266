"""Ports on this machine: found, never assumed, so that two checkouts run side by side."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"


def free_port(wished: int = 0) -> int:
    """Return a port nobody listens on: the wished one when it is free, else any.

    Nothing holds it until the server is up, so whoever starts one tries again when it was taken.
    """
    for port in (wished, 0) if wished else (0,):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # As servers do: a port whose connections only linger is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise AssertionError("the kernel gives no port")


def answers(port: int, host: str = HOST) -> bool:
    """Tell whether somebody accepts connections on this port."""
    try:
        with socket.create_connection((host, port), timeout=2):
            return True
    except OSError:
        return False
