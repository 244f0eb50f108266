import ast
import os
import subprocess
import sys

import pytest

from devtools import interpreter, paths


@pytest.mark.parametrize(
    ("version", "fits"),
    [
        ((2, 7), False),
        ((3, 9, 18), False),
        ((3, 10), True),
        ((3, 11, 7), True),
        ((3, 13, 0), True),
        ((3, 14), False),
        ((4, 0), False),
    ],
)
def test_supported_versions(version, fits):
    assert interpreter.supported(version) is fits


def test_complaint_is_one_sentence_with_what_to_do():
    text = interpreter.complaint((3, 9, 18))
    assert "Python 3.10 to 3.13" in text
    assert "Python 3.9" in text
    assert "install" in text
    assert "\n" not in text


@pytest.mark.parametrize("name", ["dev", "devtools/__init__.py", "devtools/interpreter.py"])
def test_what_an_old_python_reads_has_an_old_grammar(name):
    ast.parse((paths.ROOT / name).read_text(), feature_version=(3, 4))


def make_python(folder, name, answer, code=0):
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{answer}'\nexit {code}\n")
    program.chmod(0o755)
    return program


def test_finds_another_python_on_the_path_that_fits(tmp_path):
    make_python(tmp_path / "a", "python3", "3 9")
    make_python(tmp_path / "a", "python3.11", "not chosen", code=127)
    good = make_python(tmp_path / "b", "python3.12", "3 12")
    path = os.pathsep.join([str(tmp_path / "a"), "", str(tmp_path / "b")])
    assert interpreter.find_supported(path) == (str(good), (3, 12))


def test_finds_nothing_where_nothing_fits(tmp_path):
    make_python(tmp_path, "python3", "3 9")
    make_python(tmp_path, "python3.13", "3 14")
    assert interpreter.find_supported(str(tmp_path)) is None


# What dev does, with another answer to the question how old this Python is.
PRETEND = """
import sys
sys.path.insert(0, {root!r})
sys.version_info = (3, 9, 18, "final", 0)
from devtools import interpreter
interpreter.require_supported({script!r})
"""


def run_as_old(path, script):
    return subprocess.run(
        [sys.executable, "-c", PRETEND.format(root=str(paths.ROOT), script=str(script)), "a b"],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
    )


def test_an_unsupported_python_alone_ends_with_the_sentence(tmp_path):
    done = run_as_old(tmp_path, "unused")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == interpreter.complaint((3, 9)) + "\n"


def test_an_unsupported_python_hands_over_to_a_supported_one(tmp_path):
    (tmp_path / "python3.12").symlink_to(sys.executable)
    script = tmp_path / "script.py"
    script.write_text("import sys; print('here', sys.argv[1:])")
    # The version it tells is this Python's own, which is one of the supported ones.
    done = run_as_old(tmp_path, script)
    assert (done.returncode, done.stdout) == (0, "here ['a b']\n")
    assert "going on with Python" in done.stderr
