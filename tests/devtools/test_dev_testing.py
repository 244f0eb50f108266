import json
import time

import pytest

from devtools import paths, testing


@pytest.fixture
def parts(tmp_path, monkeypatch):
    """Make parts of one test each, which notes when it began and ended."""
    monkeypatch.setattr(paths, "REPORTS", tmp_path)

    def make(**bodies):
        (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:odoo\n")
        made = []
        for name, body in bodies.items():
            test = tmp_path / f"test_{name}.py"
            test.write_text(
                "import json, pathlib, time\n\n\ndef test_it():\n"
                f"    began = time.monotonic()\n    {body}\n"
                f"    note = pathlib.Path({str(tmp_path / name)!r})\n"
                "    note.write_text(json.dumps([began, time.monotonic()]))\n"
            )
            options = ["-q", "-c", str(tmp_path / "pytest.ini"), "-p", "no:cacheprovider"]
            made.append(testing.Part(name, [str(test)], options, paths.child_environment()))
        return made

    return make


def times(folder, name):
    return json.loads((folder / name).read_text())


def test_parts_run_side_by_side_in_the_order_given(parts, tmp_path):
    ran = testing.run_parts(
        parts(long="time.sleep(6)", short="pass", last="time.sleep(0.2)"), [], at_once=2
    )
    assert [(part.name, code) for part, code in ran] == [("long", 0), ("short", 0), ("last", 0)]
    long, short, last = (times(tmp_path, name) for name in ("long", "short", "last"))
    assert short[0] < long[1], "side by side"
    assert short[1] < last[0], "only as many as there is room for"
    assert last[0] < long[1], "as soon as there is room"


def test_a_part_runs_while_the_next_one_is_prepared(parts, tmp_path):
    first, second = parts(first="pass", second="pass")

    def prepared():
        yield first
        end = time.monotonic() + 60
        while not (tmp_path / "first").exists():
            assert time.monotonic() < end, "it waits for the next one"
            time.sleep(0.05)
        yield second

    ran = testing.run_parts(prepared(), [], at_once=1)
    assert [(part.name, code) for part, code in ran] == [("first", 0), ("second", 0)]


def test_a_part_that_fails_does_not_keep_the_next_from_running(parts, tmp_path):
    ran = testing.run_parts(parts(bad="assert False", good="pass"), [], at_once=1)
    assert [(part.name, code) for part, code in ran] == [("bad", 1), ("good", 0)]
    assert (tmp_path / "good").exists()


def test_what_ends_the_run_ends_its_parts(parts, monkeypatch):
    started = []

    def start(part, args, start=testing._start):
        if started:
            raise KeyboardInterrupt
        started.append(start(part, args))
        return started[0]

    monkeypatch.setattr(testing, "_start", start)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        testing.run_parts(parts(long="time.sleep(60)", other="pass"), [], at_once=2)
    assert started[0].poll() is not None
    assert time.monotonic() - began < 30


def test_each_file_of_a_long_part_is_in_one_of_its_halves():
    files = sorted(str(path) for path in testing.E2E.glob("test_*.py"))
    shares = testing._share("e2e", [], testing.E2E)
    assert [name for name, _files in shares] == ["e2e", "e2e_2"]
    assert sorted(file for _name, share in shares for file in share) == files
    assert abs(len(shares[0][1]) - len(shares[1][1])) <= 1
    assert testing._share("e2e", ["one.py"], testing.E2E) == [("e2e", ["one.py"])]
