"""Steps of the set-up: each is done whole or not at all, once, and by one ./dev at a time."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from devtools.console import Problem, say, size

STAMP = ".stamp"
IGNORED_FOLDERS = {"__pycache__", "tests", "readme", ".git"}


def digest(*parts: object) -> str:
    """Return twelve characters that change when one of the parts does."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(repr(part).encode())
    return whole.hexdigest()[:12]


def tree_digest(folders: Iterable[Path]) -> str:
    """Return twelve characters that change with the files of these add-ons.

    Their tests are left out: they change often and leave no trace in a database.
    """
    whole = hashlib.sha256()
    for top in folders:
        for parent, names, files in os.walk(top):
            names[:] = sorted(set(names) - IGNORED_FOLDERS)
            for name in sorted(files):
                if not name.endswith(".pyc"):
                    path = Path(parent, name)
                    whole.update(f"{path.relative_to(top.parent)}\0".encode())
                    whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:12]


def stamped(target: Path, key: str) -> bool:
    """Tell whether this folder was finished, from these inputs."""
    try:
        return (target / STAMP).read_text() == key
    except OSError:
        return False


def build(target: Path, key: str, make: Callable[[Path], None]) -> bool:
    """Make a folder whole or not at all; tell whether there was anything to do.

    :param key: changes when the folder has to be made anew.
    :param make: fills the folder it is given, which gets its real name when that succeeded.
    """
    if stamped(target, key):
        return False
    for leftover in target.parent.glob(f"{target.name}.building*"):
        shutil.rmtree(leftover)
    unfinished = target.with_name(f"{target.name}.building")
    unfinished.mkdir(parents=True)
    make(unfinished)
    (unfinished / STAMP).write_text(key)
    if target.exists():
        # Named as a leftover: a kill between the two renames costs a build, not a mixture.
        old = target.with_name(f"{target.name}.building-old")
        target.rename(old)
        unfinished.rename(target)
        shutil.rmtree(old)
    else:
        unfinished.rename(target)
    return True


def build_in_place(target: Path, key: str, make: Callable[[Path], None]) -> bool:
    """Like build(), for what cannot be renamed: it counts only once its stamp is there."""
    if stamped(target, key):
        return False
    if target.exists():
        with contextlib.suppress(FileNotFoundError):
            (target / STAMP).unlink()
        shutil.rmtree(target)
    target.mkdir(parents=True)
    make(target)
    write_atomically(target / STAMP, key)
    return True


def write_atomically(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file so that a reader sees the old or the new text, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.new")
    with contextlib.suppress(FileNotFoundError):
        unfinished.unlink()
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
    unfinished.replace(path)


@contextlib.contextmanager
def exclusive(path: Path, what: str) -> Iterator[None]:
    """Hold a lock file; say so when another ./dev has it, and wait for its end.

    The kernel gives the lock back when its holder dies, however it dies.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "another ./dev"
            say(f"waiting for {holder}, which is {what} in this checkout")
            fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        file.truncate()
        command = " ".join(sys.argv[1:]) or "--help"
        file.write(f"./dev {command} (process {os.getpid()})")
        file.flush()
        yield


def check_space(folder: Path, needed: int) -> None:
    """Refuse to begin when the disk of this folder has fewer free bytes than needed."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Problem(
            f"the disk of {folder} has {size(free)} free and this needs {size(needed)}:"
            " free some space and run ./dev again."
        )


def check_owner(folder: Path, user: int) -> None:
    """Refuse to work in a folder that another user made: rights would get mixed up."""
    if folder.exists() and folder.stat().st_uid != user:
        raise Problem(
            f"{folder} was made by another user (id {folder.stat().st_uid}):"
            " run ./dev as that user, or remove the folder first."
        )
