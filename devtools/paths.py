"""Where things are: the checkout, and what ./dev makes under .dev/ in it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / ".dev"
VENV = DEV / "venv"
THIRD_PARTY = DEV / "third-party"
PYTHON = VENV / "bin" / "python"
ODOO = DEV / "odoo"
POSTGRES = DEV / "postgres"
DATA = DEV / "data"
LOGS = DEV / "logs"
RUN = DEV / "run"
REPORTS = DEV / "reports"
SCREENSHOTS = DEV / "screenshots"
SANDBOX = DEV / "sandbox"
BIN = DEV / "bin"
REQUIREMENTS = ROOT / "devtools" / "requirements"
ADDON = ROOT / "keeping_exact_connector"

# In the environment of what ./dev starts: by which ./dev, of which checkout.
MARK = "KEEPING_DEV_STARTED_BY"
# Chromium makes sockets in its temporary folder, and a socket's path is limited to 107 characters.
LONGEST_TMP = 50


def checkout_id() -> str:
    """Return six characters that tell this checkout from another one on the same server."""
    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]


def make_folders() -> None:
    """Make the folders under .dev/ that everything relies on."""
    for folder in (DEV, DATA, LOGS, RUN, REPORTS, SANDBOX, BIN, DEV / "home", DEV / "tmp"):
        folder.mkdir(parents=True, exist_ok=True)


def installer_environment() -> dict[str, str]:
    """Return the environment for pip, git and apt, which need the caller's own settings.

    Index, proxy and certificates may be named in files of the home folder; caches stay under .dev/.
    """
    environment = child_environment()
    for name in ("PIP_USER", "PIP_TARGET", "PIP_PREFIX"):
        # They would send the packages elsewhere.
        environment.pop(name, None)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "PATH"):
        if name in os.environ:
            environment[name] = os.environ[name]
        else:
            environment.pop(name, None)
    return environment


def child_environment(**extra: str) -> dict[str, str]:
    """Return the environment for programs we start: what they keep, they keep under .dev/.

    The caller's Odoo and pip habits stay out, their proxy and index settings stay in.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        # The mark is for those who start something to set: PostgreSQL outlives a killed ./dev.
        if name
        not in (MARK, "ODOO_RC", "OPENERP_SERVER", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
        # Many images set it to stay clean, as we do by the prefix below; with it, each of hundreds
        # of starts compiles all of Odoo or of the sandbox anew.
        and name != "PYTHONDONTWRITEBYTECODE"
        and not name.startswith(("KEEPING_EXACT_", "PYTEST_"))
    }
    environment.update(
        HOME=str(DEV / "home"),
        XDG_CACHE_HOME=str(DEV / "cache"),
        XDG_CONFIG_HOME=str(DEV / "home" / ".config"),
        XDG_DATA_HOME=str(DEV / "home" / ".local" / "share"),
        PIP_CACHE_DIR=str(DEV / "cache" / "pip"),
        PYTHONPYCACHEPREFIX=str(DEV / "pycache"),
        PYTHONUNBUFFERED="1",
        PYTHONUTF8="1",
        HYPOTHESIS_STORAGE_DIRECTORY=str(DEV / "cache" / "hypothesis"),
        PYLINTHOME=str(DEV / "cache" / "pylint"),
        PLAYWRIGHT_BROWSERS_PATH=str(DEV / "browsers"),
        PATH=f"{BIN}{os.pathsep}{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    )
    if len(str(DEV / "tmp")) <= LONGEST_TMP:
        environment["TMPDIR"] = str(DEV / "tmp")
    environment.update(extra)
    return environment
