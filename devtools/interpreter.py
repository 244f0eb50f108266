"""Which Python runs ./dev. Readable by Pythons that are too old for everything else here."""

import os
import subprocess
import sys

OLDEST = (3, 10)
NEWEST = (3, 13)
# Best tried first.
CANDIDATES = ("python3.11", "python3.12", "python3.13", "python3.10", "python3", "python")
ASK_VERSION = "import sys; print('%d %d' % sys.version_info[:2])"


def supported(version):
    """Tell whether Odoo 19 and our tools run on this (major, minor)."""
    return OLDEST <= tuple(version[:2]) <= NEWEST


def complaint(version):
    """Return the sentence for a machine where only this unsupported Python was found."""
    return (
        "dev: this project needs Python %d.%d to %d.%d, and only Python %d.%d was found:"
        " install one of those and run ./dev again." % (OLDEST + NEWEST + tuple(version[:2]))
    )


def version_of(program):
    """Return (major, minor) of the Python at this path, or None when it does not run."""
    try:
        pipe = subprocess.Popen(
            [program, "-c", ASK_VERSION], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        words = pipe.communicate()[0].split()
    except OSError:
        return None
    if pipe.returncode != 0 or len(words) != 2:
        return None
    return int(words[0]), int(words[1])


def find_supported(path):
    """Return (program, version) of the first fitting Python in this PATH string, or None."""
    for name in CANDIDATES:
        for folder in path.split(os.pathsep):
            program = os.path.join(folder, name)
            # Asking is needed: version managers put a starter there that may well refuse.
            if folder and os.access(program, os.X_OK):
                version = version_of(program)
                if version and supported(version):
                    return program, version
    return None


def require_supported(script):
    """Go on when this Python fits; else start the script again with one that does, or exit 1."""
    if supported(sys.version_info):
        return
    found = find_supported(os.environ.get("PATH", ""))
    if found is None:
        sys.stderr.write(complaint(sys.version_info) + "\n")
        sys.exit(1)
    program, version = found
    sys.stderr.write(
        "dev: Python %d.%d does not fit, going on with Python %d.%d (%s)\n"
        % (tuple(sys.version_info[:2]) + version + (program,))
    )
    sys.stderr.flush()
    os.execv(program, [program, script] + sys.argv[1:])
