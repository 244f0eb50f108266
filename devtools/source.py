"""Where Odoo's own code comes from: the caller's checkout, Debian's archive or Odoo's git."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from devtools import console, debian, paths, processes, steps

REPOSITORY = "https://github.com/odoo/odoo.git"
BRANCH = "19.0"
# Changes when what make() does changes.
RECIPE = 1
ABOUT = "about.json"


@dataclass(frozen=True)
class Source:
    """Odoo's code: where to import it from, where its add-ons are, and which build it is."""

    python_path: Path
    build: str

    @property
    def addons(self) -> list[Path]:
        """Return the folders with Odoo's own add-ons."""
        merged = self.python_path / "odoo" / "addons"
        # Debian's package has all of them in one folder, Odoo's git keeps most beside it.
        return [merged] if (merged / "web").exists() else [self.python_path / "addons", merged]


def from_environment(value: str) -> Source:
    """Return the Odoo that ODOO_PATH names: a checkout, or the folder of the odoo package."""
    given = Path(value).expanduser().resolve()
    for folder in (given, given.parent):
        release = folder / "odoo" / "release.py"
        if release.exists():
            if "version_info = (19, 0" not in release.read_text():
                raise console.Problem(f"ODOO_PATH={value} is not Odoo 19.0.")
            return Source(folder, f"{folder} {release.stat().st_mtime_ns}")
    raise console.Problem(
        f"ODOO_PATH={value} holds no Odoo: name a checkout (with odoo-bin) or an odoo package."
    )


def _clone(target: Path) -> dict[str, str]:
    processes.run(
        ["git", "clone", "--quiet", "--depth=1", f"--branch={BRANCH}", REPOSITORY, target / "git"],
        title=f"Cloning Odoo {BRANCH} (about 350 MB)",
        log=processes.log_file("git-clone"),
        env=paths.installer_environment() | {"GIT_TERMINAL_PROMPT": "0"},
        watch=lambda: console.size(console.folder_size(target)),
    )
    head = subprocess.run(
        ["git", "-C", str(target / "git"), "rev-parse", "HEAD"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {"source": "git", "version": head.stdout.strip(), "python_path": "git"}


def _make(target: Path) -> None:
    about = None
    if debian.usable():
        try:
            about = debian.make(target)
        except console.Problem as problem:
            if not shutil.which("git"):
                raise
            console.say(f"{problem} Trying Odoo's git instead.")
            for leftover in target.iterdir():
                shutil.rmtree(leftover)
    if about is None and shutil.which("git"):
        about = _clone(target)
    if about is None:
        raise console.Problem(
            "Odoo 19 comes from Debian's archive or from git, and this machine has neither a"
            " Debian apt-get nor git: install git, or set ODOO_PATH to an Odoo 19 you have."
        )
    (target / ABOUT).write_text(json.dumps(about))


def prepare() -> Source:
    """Return Odoo's code, fetched first when needed. Call with the set-up lock."""
    given = os.environ.get("ODOO_PATH")
    if given:
        return from_environment(given)
    steps.build(paths.ODOO, steps.digest(RECIPE), _make)
    about = json.loads((paths.ODOO / ABOUT).read_text())
    return Source(paths.ODOO / about["python_path"], f"{about['source']} {about['version']}")
