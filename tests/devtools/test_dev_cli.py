import subprocess
import sys

import pytest

from devtools import cli, commands, paths

COMMANDS = ["demo", "test", "lint", "sandbox", "odoo", "shell", "psql"]


@pytest.fixture
def dev(plain_environment):
    """Run ./dev in a checkout and return what came of it."""

    def run(*args, checkout=paths.ROOT, **environment):
        return subprocess.run(
            [sys.executable, str(checkout / "dev"), *args],
            capture_output=True,
            text=True,
            env={**plain_environment, **environment},
            timeout=120,
        )

    return run


def test_help_names_every_command(dev):
    done = dev("--help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert f"\n    {command} " in done.stdout


@pytest.mark.parametrize("command", ["demo", "test", "lint", "sandbox"])
def test_each_command_has_help(dev, command):
    done = dev(command, "--help")
    assert done.returncode == 0
    assert f"./dev {command}" in done.stdout


def test_an_unknown_command_is_refused(dev):
    done = dev("dance")
    assert done.returncode == 2
    assert "dance" in done.stderr


@pytest.mark.parametrize(
    ("line", "args"),
    [
        (["odoo", "-u", "base", "--help"], ["-u", "base", "--help"]),
        (["psql", "-c", "SELECT 1"], ["-c", "SELECT 1"]),
        (["shell", "--log-level=debug"], ["--log-level=debug"]),
        (["test", "odoo", "--", "-k", "x", "-x"], ["-k", "x", "-x"]),
        (["test"], []),
        (["sandbox", "--port", "1234", "--fresh"], ["--port", "1234"]),
    ],
)
def test_what_is_meant_for_another_program_reaches_it(line, args):
    assert cli.parse(line).args == args


def test_odoo_commands_are_told_from_its_options():
    assert commands.odoo_command(["-u", "base"]) == ("server", ["-u", "base"])
    assert commands.odoo_command(["scaffold", "x"]) == ("scaffold", ["x"])
    assert commands.odoo_command([]) == ("server", [])


def one_sentence(done):
    lines = done.stderr.splitlines()
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert lines[-1].startswith("dev: ") and lines[-1].endswith((".", ")"))
    return lines[-1]


def test_a_wrong_odoo_path_is_told_in_a_sentence(dev, checkout):
    assert "holds no Odoo" in one_sentence(dev("psql", checkout=checkout, ODOO_PATH="/nowhere"))


def test_an_odoo_of_another_series_is_refused(dev, checkout, tmp_path):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (17, 0, 0)\n")
    done = dev("psql", checkout=checkout, ODOO_PATH=str(tmp_path))
    assert "is not Odoo 19.0" in one_sentence(done)


def test_a_server_that_does_not_answer_is_told_in_a_sentence(dev, checkout, tmp_path):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (19, 0, 0)\n")
    done = dev("psql", checkout=checkout, ODOO_PATH=str(tmp_path), PGHOST="127.0.0.1", PGPORT="1")
    assert "PostgreSQL at 127.0.0.1:1 refuses" in one_sentence(done)


def test_neither_debian_nor_git_is_told_in_a_sentence(dev, checkout, tmp_path):
    done = dev("psql", checkout=checkout, PATH=str(tmp_path))
    assert "install git, or set ODOO_PATH" in one_sentence(done)


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(dev, checkout):
    # A file where a folder is needed stops root too, whom permissions do not.
    (checkout / ".dev" / "run").write_text("in the way")
    assert one_sentence(dev("psql", checkout=checkout, ODOO_PATH="/nowhere"))


@pytest.mark.parametrize(
    "module",
    ["cli", "commands", "linting", "services", "testing", "third_party", "workshop", "browser"],
)
def test_starts_with_a_python_that_has_nothing_installed(module):
    """What runs before the virtual environment is there needs the standard library only."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(paths.ROOT)!r}); "
         f"import devtools.{module}"],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
