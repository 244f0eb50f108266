import socket
import subprocess

import pytest

from devtools import paths, third_party, venv
from devtools.console import Problem

PREPARE = """
from devtools import console, paths, third_party
paths.make_folders()
try:
    third_party.prepare()
except console.Problem as problem:
    print(problem)
"""


@pytest.mark.parametrize("client", third_party.CLIENTS)
def test_each_client_is_pinned_to_a_release(client):
    lines = (paths.REQUIREMENTS / f"client-{client}.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins[0].startswith(f"{client}==")
    assert all("==" in line and ";" not in line and "/" not in line for line in pins)


def test_other_versions_mean_another_environment(checkout, python):
    code = "from devtools import venv; print(venv.key(('client-exactonline.txt',)))"
    assert python(code).communicate()[0].strip() == venv.key(("client-exactonline.txt",))
    with open(checkout / "devtools/requirements/client-exactonline.txt", "a") as file:
        file.write("six==1.17.0\n")
    changed = python(code, checkout=checkout).communicate()[0].strip()
    assert changed and changed != venv.key(("client-exactonline.txt",))


def test_an_environment_that_is_not_made_is_told_in_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "THIRD_PARTY", tmp_path)
    with pytest.raises(Problem, match="./dev test makes it first"):
        third_party.python("exactonline")
    # Half made: the interpreter is there, the stamp is not.
    (tmp_path / "exactonline" / "bin").mkdir(parents=True)
    (tmp_path / "exactonline" / "bin" / "python").touch()
    with pytest.raises(Problem):
        third_party.python("exactonline")


def test_an_index_that_cannot_be_reached_is_told_in_a_sentence(checkout, python, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        index = f"http://127.0.0.1:{closed.getsockname()[1]}/simple/"
    for name, value in {
        "PIP_INDEX_URL": index, "PIP_EXTRA_INDEX_URL": "", "PIP_FIND_LINKS": "", "PIP_RETRIES": "0",
        "PIP_CONFIG_FILE": "/dev/null", "PIP_CACHE_DIR": str(checkout / "cache"),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    process = subprocess.run(
        [paths.PYTHON, "-c", PREPARE], cwd=checkout, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert process.stdout.startswith("Installing the public client exactonline failed, the network")
    made = checkout / ".dev" / "third-party" / "exactonline"
    assert not (made / ".stamp").exists()
