"""What ./dev says: progress on stderr, so that stdout carries only what a command is asked for."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

# Without a terminal a line now and then is enough to see that it still works.
PLAIN_INTERVAL = 15.0
LIVE_INTERVAL = 0.5


class Problem(Exception):
    """Something that a person must put right, told in one plain sentence."""


def say(text: str) -> None:
    """Tell the person something, on stderr."""
    print(f"dev: {text}", file=sys.stderr, flush=True)


def elapsed(seconds: float) -> str:
    """Return a duration for a person: 8 s, 1 min 05 s."""
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"


def size(count: float) -> str:
    """Return a number of bytes for a person."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def folder_size(folder: Path) -> int:
    """Return the bytes of the files below a folder that may change while it is read."""
    total = 0
    for parent, _folders, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size
            except OSError:
                continue
    return total


class Progress:
    """A step that takes long: says what it is, how long it has run and how far it got.

    On a terminal the line is redrawn in place, elsewhere a new one comes every 15 seconds.
    """

    def __init__(self, title: str, watch: Callable[[], str] | None = None):
        self.title = title
        self._watch = watch
        self._live = sys.stderr.isatty()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)

    def __enter__(self) -> Progress:
        self._started = time.monotonic()
        if not self._live:
            say(f"{self.title} …")
        self._thread.start()
        return self

    def __exit__(self, kind, _error, _trace) -> None:
        self._stop.set()
        self._thread.join()
        outcome = "done" if kind is None else "stopped"
        if self._live:
            sys.stderr.write("\r\x1b[K")
        say(f"{self._line()}, {outcome}")

    def _line(self) -> str:
        parts = [f"{self.title}: {elapsed(time.monotonic() - self._started)}"]
        watched = self._watch() if self._watch else ""
        return ", ".join([*parts, watched] if watched else parts)

    def _tell(self) -> None:
        while not self._stop.wait(LIVE_INTERVAL if self._live else PLAIN_INTERVAL):
            if self._live:
                sys.stderr.write(f"\r\x1b[Kdev: {self._line()}")
                sys.stderr.flush()
            else:
                say(self._line())
