"""Starting programs: with a log, with progress, and so that they end when we do."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from devtools.console import Problem, Progress
from devtools.paths import DEV, LOGS, MARK

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)

# What a program's own words mean to a person, first match wins.
MEANINGS = (
    (("No space left on device", "disk full"), "the disk is full: free some space"),
    (
        (
            "Temporary failure in name resolution",
            "Temporary failure resolving",
            "Name or service not known",
            "Could not resolve",
            "Network is unreachable",
            "Failed to establish a new connection",
            "Connection refused",
            "Could not connect to",
            "No matching distribution found",
            "timed out",
        ),
        "the network does not give it: check the connection, the proxy and the package index",
    ),
    (("Permission denied",), "a permission is missing"),
    (("Address already in use",), "the port was taken meanwhile"),
)


def die_with_parent() -> None:
    """In a new child: ask the kernel for a SIGTERM when the parent ends, even by kill -9."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _birth(pid: int) -> str:
    """Return when a process started, in the kernel's own measure: ids are used again."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]


def _same_process(pid: int, birth: str) -> bool:
    try:
        return alive(pid) and _birth(pid) == birth
    except OSError:
        return False


def mark() -> dict[str, str]:
    """Return the variable by which what we start, and what that starts, is known to be ours."""
    return {MARK: f"{os.getpid()} {_birth(os.getpid())} {DEV}"}


def end_orphans() -> None:
    """End what a ./dev of this checkout started before it was killed.

    The programs it started itself end with it, what those started does not: pip's helpers, say,
    would go on writing where the next ./dev works.
    """
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or entry.name == str(os.getpid()):
            continue
        with contextlib.suppress(OSError, ValueError, StopIteration):
            names = (entry / "environ").read_bytes().split(b"\0")
            found = next(name for name in names if name.startswith(f"{MARK}=".encode()))
            owner, birth, checkout = found.decode().partition("=")[2].split(" ", 2)
            if checkout != str(DEV):
                continue
            if not _same_process(int(owner), birth):
                os.kill(int(entry.name), signal.SIGKILL)


def meaning(text: str) -> str | None:
    """Return what a failed program's output means in plain words, when we know it."""
    for words, plain in MEANINGS:
        if any(word in text for word in words):
            return plain
    return None


def tail(path: Path, count: int = 4000) -> str:
    """Return the end of a log."""
    if not path.exists():
        return ""
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - count))
        return file.read().decode(errors="replace")


def log_file(name: str) -> Path:
    """Return the path of a log under .dev/logs."""
    LOGS.mkdir(parents=True, exist_ok=True)
    return LOGS / f"{name}.log"


def run(
    args: Sequence[str | Path],
    *,
    title: str,
    log: Path,
    env: Mapping[str, str],
    cwd: Path | None = None,
    stdin: str | None = None,
    watch: Callable[[], str] | None = None,
) -> None:
    """Run a program to its end, its output in a log, with progress for the person.

    :param title: what is being done, for the progress line and the sentence when it fails.
    :raise Problem: when it cannot be started or fails.
    """
    with open(log, "w") as output, Progress(title, watch):
        try:
            process = subprocess.Popen(
                [str(arg) for arg in args],
                stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**env, **mark()},
                cwd=cwd,
                preexec_fn=die_with_parent,
            )
        except FileNotFoundError as error:
            raise Problem(f"{title} needs the program {args[0]}, which is not there.") from error
        try:
            process.communicate(stdin.encode() if stdin is not None else None)
        except BaseException:
            stop(process)
            raise
    if process.returncode != 0:
        raise failure(title, log)


def last_words(log: Path) -> str:
    """Return the last line of a log that tells more than that all went well."""
    lines = [line.strip() for line in tail(log).splitlines()]
    return next((line for line in reversed(lines) if line and " INFO " not in line), "no reason")


def failure(title: str, log: Path) -> Problem:
    """Return the plain sentence for a step that failed and left this log."""
    because = meaning(tail(log)) or f"it said: {last_words(log)}"
    return Problem(f"{title} failed, {because} (whole output: {log}).")


def stop(process: subprocess.Popen, seconds: float = 10) -> None:
    """End a program that we started: kindly first, then for certain."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def foreground(args: Sequence[str | Path], env: Mapping[str, str], cwd: Path | None = None) -> int:
    """Run a program on our own terminal and return its exit code.

    Ctrl-C reaches it from the terminal; it decides what that means, and we wait for it.
    """
    process = subprocess.Popen(
        [str(arg) for arg in args], env=dict(env), cwd=cwd, preexec_fn=die_with_parent
    )
    try:
        while True:
            with contextlib.suppress(KeyboardInterrupt):
                code = process.wait()
                return code if code >= 0 else 128 - code
    finally:
        stop(process)


def alive(pid: int) -> bool:
    """Tell whether a process with this id runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    with contextlib.suppress(OSError):
        # The third word of stat, after the name in brackets: Z is dead, only not collected yet.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def wait_until(condition: Callable[[], bool], seconds: float, interval: float = 0.1) -> bool:
    """Ask until the answer is yes; tell whether it came in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(interval)
    return True
