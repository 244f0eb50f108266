"""./dev lint: ruff for all Python, pylint-odoo for the add-ons, and every XML file parses."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from devtools import console, databases, paths, workshop

# Where there is source of ours.
SKIPPED = {".dev", ".git"}


def broken_xml() -> list[str]:
    """Return a sentence for each XML file of the checkout that does not parse."""
    wrong = []
    for path in sorted(paths.ROOT.rglob("*.xml")):
        relative = path.relative_to(paths.ROOT)
        if SKIPPED & set(relative.parts):
            continue
        try:
            ElementTree.parse(path)
        except ElementTree.ParseError as error:
            wrong.append(f"{relative}: {error}")
    return wrong


def _run(title: str, *args: str | Path) -> bool:
    console.say(title)
    done = subprocess.run(
        [str(arg) for arg in args], cwd=paths.ROOT, env=paths.child_environment(), check=False
    )
    return done.returncode == 0


def main(*, fix: bool) -> int:
    """Check everything, say all that is wrong, and return 1 when anything is."""
    workshop.prepare_packages()
    tools = paths.VENV / "bin"
    if fix:
        _run("ruff check --fix", tools / "ruff", "check", "--fix", "--quiet", ".")
        _run("ruff format", tools / "ruff", "format", ".")
    good = [
        _run("ruff check", tools / "ruff", "check", "."),
        _run("ruff format --check", tools / "ruff", "format", "--check", "."),
    ]
    addons = databases.addon_folders()
    if addons:
        arguments = (f"--rcfile={paths.ROOT / '.pylintrc'}", *addons)
        good.append(_run("pylint-odoo", paths.PYTHON, "-m", "pylint", *arguments))
    console.say("XML")
    wrong = broken_xml()
    for sentence in wrong:
        print(sentence)
    clean = all(good) and not wrong
    console.say("clean." if clean else "there are findings, see above.")
    return 0 if clean else 1
