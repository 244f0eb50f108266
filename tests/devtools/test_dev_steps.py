import os
import signal
import stat
import time

import pytest

from devtools import steps
from devtools.console import Problem

BUILD_AND_HANG = """
import sys, time
from pathlib import Path
from devtools import steps

def make(target):
    (target / "half").write_text("half")
    print("half", flush=True)
    time.sleep(60)

getattr(steps, sys.argv[1])(Path(sys.argv[2]), "key", make)
"""
HOLD = """
import sys
from pathlib import Path
from devtools import steps

with steps.exclusive(Path(sys.argv[1]), "testing"):
    print("held", flush=True)
    sys.stdin.readline()
print("let go", flush=True)
"""
BUILDERS = ["build", "build_in_place"]


def make(target):
    (target / "whole").write_text("whole")


@pytest.mark.parametrize("builder", BUILDERS)
def test_built_once_and_again_for_another_key(tmp_path, builder):
    build = getattr(steps, builder)
    target = tmp_path / "deep" / "thing"
    assert build(target, "one", make) is True
    (target / "mark").touch()
    assert build(target, "one", make) is False
    assert (target / "mark").exists()
    assert build(target, "two", make) is True
    assert not (target / "mark").exists()
    assert steps.stamped(target, "two")
    assert [path.name for path in target.parent.iterdir()] == ["thing"]


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_build_that_fails_does_not_count(tmp_path, builder):
    build = getattr(steps, builder)

    def fail(target):
        make(target)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        build(tmp_path / "thing", "key", fail)
    assert not steps.stamped(tmp_path / "thing", "key")
    assert build(tmp_path / "thing", "key", make) is True


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_kill_in_the_middle_leaves_a_step_to_be_done_again(tmp_path, python, builder):
    target = tmp_path / "thing"
    process = python(BUILD_AND_HANG, builder, target)
    assert process.stdout.readline() == "half\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not steps.stamped(target, "key")
    assert getattr(steps, builder)(target, "key", make) is True
    assert sorted(path.name for path in target.iterdir()) == [steps.STAMP, "whole"]
    assert [path.name for path in tmp_path.iterdir()] == ["thing"]


def test_the_old_build_stays_until_the_new_one_is_whole(tmp_path):
    target = tmp_path / "thing"
    steps.build(target, "one", make)

    def look(unfinished):
        assert steps.stamped(target, "one")
        assert not (unfinished / "whole").exists()

    steps.build(target, "two", look)
    assert not (target / "whole").exists()


def test_two_at_once_wait_for_each_other(tmp_path, python):
    first = python(HOLD, tmp_path / "lock")
    assert first.stdout.readline() == "held\n"
    second = python(HOLD, tmp_path / "lock")
    said = second.stderr.readline()
    assert f"process {first.pid}" in said
    assert "waiting for" in said
    os.set_blocking(second.stdout.fileno(), False)
    time.sleep(0.2)
    assert not second.stdout.readline()
    os.set_blocking(second.stdout.fileno(), True)
    first.communicate("\n")
    assert second.stdout.readline() == "held\n"


def test_the_lock_of_a_killed_process_is_free(tmp_path, python):
    first = python(HOLD, tmp_path / "lock")
    assert first.stdout.readline() == "held\n"
    first.kill()
    first.wait()
    second = python(HOLD, tmp_path / "lock")
    assert second.communicate("\n", timeout=20) == ("held\nlet go\n", "")


def test_digest_depends_on_every_part():
    parts = {steps.digest("a", "b"), steps.digest("ab"), steps.digest("b", "a"), steps.digest("a")}
    assert len(parts) == 4


def test_tree_digest_sees_code_and_not_tests(tmp_path):
    addon = tmp_path / "addon"
    (addon / "models").mkdir(parents=True)
    (addon / "tests").mkdir()
    (addon / "__pycache__").mkdir()
    (addon / "models" / "a.py").write_text("a = 1")
    before = steps.tree_digest([addon])
    (addon / "tests" / "test_a.py").write_text("assert a")
    (addon / "__pycache__" / "a.pyc").write_text("bytes")
    assert steps.tree_digest([addon]) == before
    (addon / "models" / "a.py").write_text("a = 2")
    changed = steps.tree_digest([addon])
    assert changed != before
    (addon / "models" / "a.py").rename(addon / "models" / "b.py")
    assert steps.tree_digest([addon]) not in (before, changed)


def test_a_secret_is_written_for_its_owner_only(tmp_path):
    path = tmp_path / "new" / "secret"
    steps.write_atomically(path, "one", mode=0o600)
    steps.write_atomically(path, "two", mode=0o600)
    assert path.read_text() == "two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret"]


def test_no_space_is_told_with_figures(tmp_path):
    steps.check_space(tmp_path, 1)
    with pytest.raises(Problem, match=r"has .+ free and this needs 1000000000\.0 GB: free some"):
        steps.check_space(tmp_path, 10**18)


def test_another_users_folder_is_not_touched(tmp_path):
    mine = os.geteuid()
    steps.check_owner(tmp_path, mine)
    steps.check_owner(tmp_path / "not there", mine + 1)
    with pytest.raises(Problem, match=f"made by another user \\(id {mine}\\)"):
        steps.check_owner(tmp_path, mine + 1)
