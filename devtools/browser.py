"""Chromium for the tests: the machine's own, else Debian's for root, else Playwright's."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devtools import console, paths, processes, steps

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
LOCK = paths.DEV / "browser.lock"
VARIABLE = "KEEPING_DEV_CHROMIUM"
# Headless in a container, and silent: a browser that looks for its maker's hosts is no use here.
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def flags() -> list[str]:
    """Return the flags Chromium is started with; root has no sandbox to put it in."""
    return [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def find() -> Path | None:
    """Return the Chromium that is there, on the PATH or where we put one."""
    known = os.environ.get(VARIABLE)
    if known and os.access(known, os.X_OK):
        return Path(known)
    search = f"{paths.BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    found = next(filter(None, (shutil.which(name, path=search) for name in NAMES)), None)
    return Path(found) if found else None


def _install_debian() -> None:
    console.say(
        "no Chromium found: installing Debian's package chromium, the one thing that ./dev"
        " puts outside its folder"
    )
    environment = paths.installer_environment() | {"DEBIAN_FRONTEND": "noninteractive"}
    for title, *args in (
        ("Reading the list of packages", "update"),
        ("Installing chromium", "install", "-y", "--no-install-recommends", "chromium"),
    ):
        log = processes.log_file(f"chromium-{args[0]}")
        processes.run(["apt-get", *args], title=title, log=log, env=environment)


def _install_playwright() -> None:
    processes.run(
        [paths.PYTHON, "-m", "playwright", "install", "chromium"],
        title="Downloading Playwright's Chromium",
        log=processes.log_file("playwright-install"),
        env=paths.child_environment(),
        watch=lambda: console.size(console.folder_size(paths.DEV / "browsers")),
    )
    found = sorted((paths.DEV / "browsers").glob("chromium-*/chrome-linux*/chrome"))
    if found:
        # On the PATH of what we start, under a name that Odoo's own browser tests look for.
        link = paths.BIN / "chromium"
        link.unlink(missing_ok=True)
        link.symlink_to(found[-1])


@functools.cache
def prepare() -> Path:
    """Return a Chromium, installed first when the machine has none.

    :raise Problem: with what to do when it cannot be had.
    """
    with steps.exclusive(LOCK, "installing a browser"):
        if find() is None:
            try:
                if os.geteuid() == 0 and shutil.which("apt-get"):
                    _install_debian()
                else:
                    _install_playwright()
            except console.Problem as problem:
                raise console.Problem(
                    f"the tests need Chromium, install it yourself; getting it failed: {problem}"
                ) from problem
        found = find()
    if found is None:
        raise console.Problem("the tests need Chromium on the PATH: install it and try again.")
    return found


def environment() -> dict[str, str]:
    """Return the variables that lead a test to the browser."""
    return {VARIABLE: str(prepare())}


@contextlib.contextmanager
def chromium(**options: Any) -> Iterator[BrowserContext]:
    """Have a browser with a profile of its own, driven by Playwright.

    :param options: for Playwright's launch_persistent_context, such as viewport or locale.
    """
    # Not at the top: it lives in the virtual environment, and ./dev starts outside.
    from playwright.sync_api import sync_playwright

    executable = prepare()
    with (
        tempfile.TemporaryDirectory(dir=paths.DEV / "tmp", prefix="profile-") as profile,
        sync_playwright() as playwright,
    ):
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=executable, headless=True, args=flags(), **options
        )
        with contextlib.closing(context):
            yield context
