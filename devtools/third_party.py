"""Public clients of Exact Online for the tests, each in a virtual environment of its own.

They share the name they are imported by, so they cannot share an environment.
"""

from __future__ import annotations

from pathlib import Path

from devtools import console, paths, steps, venv
from devtools.workshop import LOCK

# As PyPI calls them.
CLIENTS = ("exactonline", "python-exact-online")


def _list(client: str) -> str:
    return f"client-{client}.txt"


def folder(client: str) -> Path:
    """Return the folder of a client's environment."""
    return paths.THIRD_PARTY / client


def prepare() -> None:
    """Make the environments that are not there yet, from the versions their lists name.

    :raise Problem: when the package index does not give a client.
    """
    with steps.exclusive(LOCK, "setting up"):
        for client in CLIENTS:
            names = (_list(client),)
            steps.build_in_place(
                folder(client),
                venv.key(names),
                lambda target, client=client, names=names: venv.make(
                    target, names, f"the public client {client}"
                ),
            )


def python(client: str) -> Path:
    """Return the Python that has a client and nothing else of ours.

    :raise Problem: when its environment is not made, or from other versions.
    """
    if not steps.stamped(folder(client), venv.key((_list(client),))):
        raise console.Problem(
            f"the environment of the client {client} is not there: ./dev test makes it first."
        )
    return folder(client) / "bin" / "python"
