"""Odoo from Debian's archive: downloaded and unpacked below .dev/, not installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from devtools import console, paths, processes, venv

SUITE = "unstable"
PACKAGE = "odoo-19"
# What the package links to instead of carrying it.
LINKED_PACKAGES = (
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
)
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# Listed in the assets and not in the package: without it each page logs an error in the browser,
# which fails Odoo's browser tours.
MISSING_FILE = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
ICON_FOLDERS = ("web/static/lib/fontawesome/fonts", "web/static/src/libs/fontawesome/fonts")
PYTHON_PATH = Path("usr/lib/python3/dist-packages")


def usable() -> bool:
    """Tell whether this machine has what unpacking Debian's packages takes."""
    return all(shutil.which(name) for name in ("apt-get", "dpkg-deb")) and bool(mirrors())


def choose_mirrors(listing: str) -> list[str]:
    """Return the addresses of Debian's archive in the answer of apt-get indextargets, best first.

    Security and other makers' archives are left out. A machine that never fetched an index knows
    no origins yet, so an address that merely looks like the archive comes after those that are it.
    """
    sure, likely = [], []
    for line in listing.splitlines():
        origin, _, address = line.partition("|")
        if address.rstrip("/").endswith("/debian"):
            if origin == "Debian":
                sure.append(address)
            elif not origin:
                likely.append(address)
    return list(dict.fromkeys(sure + likely))


def mirrors() -> list[str]:
    """Return the addresses of Debian's archive that this machine's own apt uses."""
    asked = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN)|$(REPO_URI)"],
        capture_output=True,
        text=True,
        check=False,
    )
    return choose_mirrors(asked.stdout)


def _apt_options(state: Path, mirror: str) -> Iterator[str]:
    """Yield the options that keep apt away from the machine's own state."""
    for folder in ("lists/partial", "cache/archives/partial", "etc"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    (state / "status").touch()
    signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    (state / "etc" / "sources.list").write_text(f"deb {signed}{mirror} {SUITE} main\n")
    settings = {
        "Dir::Etc::sourcelist": state / "etc" / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State": state,
        "Dir::State::lists": state / "lists",
        "Dir::State::status": state / "status",
        "Dir::Cache": state / "cache",
        "Acquire::Languages": "none",
        "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
    }
    for name, value in settings.items():
        yield "-o"
        yield f"{name}={value}"


def _update(state: Path) -> list[str]:
    """Fetch the list of packages; return the apt options that use it."""
    options: list[str] = []
    for mirror in mirrors():
        shutil.rmtree(state, ignore_errors=True)
        options = list(_apt_options(state, mirror))
        try:
            processes.run(
                ["apt-get", *options, "--error-on=any", "update"],
                title="Reading Debian's list of packages",
                log=processes.log_file("apt-update"),
                env=paths.installer_environment() | {"LC_ALL": "C"},
            )
        except console.Problem as problem:
            last = problem
        else:
            return options
    raise last


def _unpack(archives: Path, target: Path) -> None:
    """Unpack all archives of a folder; each is removed at once, to need less disk."""
    script = 'for one in "$1"/*.deb; do dpkg-deb -x "$one" "$2"; rm "$one"; done'
    processes.run(
        ["sh", "-e", "-c", script, "unpack", archives, target],
        title="Unpacking Odoo (1.3 GB)",
        log=processes.log_file("unpack"),
        env=paths.installer_environment(),
        watch=lambda: console.size(console.folder_size(target)),
    )


def _complete(addons: Path) -> None:
    """Put the files in place that the package lacks or links to in vain."""
    stub = addons / MISSING_FILE
    if not stub.exists():
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.touch()
    icons = venv.site_packages() / "xstatic/pkg/font_awesome/data/fonts"
    for folder in ICON_FOLDERS:
        for link in (addons / folder).glob("*"):
            if link.is_symlink() and not link.exists() and (icons / link.name).exists():
                link.unlink()
                shutil.copyfile(icons / link.name, link)


def make(target: Path) -> dict[str, str]:
    """Fill a folder with Odoo from Debian's archive; return what was fetched."""
    state = target / "apt"
    options = _update(state)
    archives = target / "archives"
    archives.mkdir()
    processes.run(
        ["apt-get", *options, "download", PACKAGE, *LINKED_PACKAGES],
        title="Downloading Odoo 19 from Debian's archive (about 130 MB)",
        log=processes.log_file("apt-download"),
        env=paths.installer_environment() | {"LC_ALL": "C"},
        cwd=archives,
        watch=lambda: console.size(console.folder_size(archives)),
    )
    version = next(archives.glob(f"{PACKAGE}_*.deb")).name.split("_")[1].replace("%3a", ":")
    _unpack(archives, target)
    shutil.rmtree(archives)
    shutil.rmtree(state)
    _complete(target / PYTHON_PATH / "odoo" / "addons")
    return {"source": "debian", "version": version, "python_path": str(PYTHON_PATH)}
