import subprocess
import sys

import pytest

from devtools import databases, results, testing
from devtools.results import Result

OUTCOMES = """
import pytest

def test_good(): pass
def test_bad(): assert 0
@pytest.fixture
def broken(): raise RuntimeError
def test_error(broken): pass
@pytest.mark.skip
def test_skipped(): pass
@pytest.mark.xfail
def test_known(): assert 0
@pytest.mark.parametrize("n", [1, 2])
def test_each(n): pass
"""


@pytest.fixture
def run(tmp_path):
    """Run real pytest on a file and return its report and exit code."""

    def run_pytest(text):
        (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:odoo\n")
        (tmp_path / "test_it.py").write_text(text)
        report = tmp_path / "report.xml"
        args = ["-m", "pytest", "-q", f"--junitxml={report}", tmp_path]
        done = subprocess.run([sys.executable, *map(str, args)], capture_output=True, cwd=tmp_path)
        return report, done.returncode

    return run_pytest


def part(report):
    class ReportedPart(testing.Part):
        pass

    ReportedPart.report = report
    return ReportedPart("plain", [], [], {})


def test_every_outcome_is_counted_once(run):
    report, _code = run(OUTCOMES)
    result = results.read_report(report)
    assert (result.passed, result.failed) == (3, 2)
    assert sorted(result.skipped) == ["test_it::test_known", "test_it::test_skipped"]
    assert str(result) == "3 passed, 2 failed, 2 skipped"


def test_results_add_up():
    total = Result(1, 0, ["a"]) + Result(2, 3, ["b"])
    assert str(total) == "3 passed, 3 failed, 2 skipped"
    assert total.total == 8


def test_no_report_or_half_a_one_is_no_result(tmp_path):
    assert results.read_report(tmp_path / "none.xml") is None
    half = tmp_path / "half.xml"
    half.write_text("<testsuites><testsuite")
    assert results.read_report(half) is None


def test_a_skip_has_to_be_allowed_by_its_full_name():
    skipped = ["tests.test_a::test_b", "tests.test_a::test_c"]
    assert results.forbidden_skips(skipped, []) == skipped
    assert results.forbidden_skips(skipped, ["tests.test_a::test_b"]) == skipped[1:]
    assert results.forbidden_skips(skipped, ["test_b", "tests.test_a"]) == skipped
    assert results.forbidden_skips(skipped, skipped) == []


@pytest.mark.parametrize("name", ["allowed_skips", "allowed_log_lines"])
def test_the_lists_of_exceptions_can_be_read(name):
    assert isinstance(results.allowed(name), list)


def test_a_list_that_is_not_there_is_a_mistake():
    with pytest.raises(ValueError, match="no list allowed_nothing"):
        results.allowed("allowed_nothing")


def test_no_test_at_all_is_a_failure_unless_the_caller_narrowed(run, capsys):
    report, code = run("x = 1\n")
    assert testing.judge(part(report), code, narrowed=False).failed == 1
    assert "no tests" in capsys.readouterr().err
    assert testing.judge(part(report), code, narrowed=True).failed == 0


def test_a_run_that_dies_is_a_failure(run):
    report, code = run("import os\ndef test_it(): os._exit(0)\n")
    assert code == 0
    assert testing.judge(part(report), code, narrowed=False).failed == 1


def test_a_file_that_cannot_be_imported_is_a_failure(run):
    report, code = run("import nothing_of_this_name\n")
    assert testing.judge(part(report), code, narrowed=False).failed == 1


def test_a_complaint_in_the_log_is_a_failure(run, tmp_path):
    report, code = run("def test_it(): pass\n")
    judged = part(report)
    log = tmp_path / "odoo.log"
    judged.logs.append(log)
    log.write_text("2026-11-22 16:00:00,123 7 INFO db odoo.addons.keeping_exact: fine\n")
    assert testing.judge(judged, code, narrowed=False).failed == 0
    log.write_text("2026-11-22 16:00:00,123 7 ERROR db odoo.addons.keeping_exact: not fine\n")
    assert testing.judge(judged, code, narrowed=False).failed == 1


def test_paths_choose_the_parts_that_run():
    everything = {"plain", "processes", "third_party", "odoo", "sale", "e2e"}
    assert set(testing.choose("all", [])) == everything
    assert set(testing.choose("fast", ["-k", "x"])) == {"plain", "odoo", "sale"}
    path = "tests/devtools/test_dev_results.py::test_results_add_up"
    assert testing.choose("all", ["-x", path]) == {"plain": [path]}
    assert testing.choose("odoo", [path]) == {}
    clients = "tests/third_party"
    assert testing.choose("all", [clients]) == {"third_party": [clients]}
    assert testing.choose("fast", [clients]) == {}


def test_each_add_on_is_tested_beside_what_it_is_for():
    main, glue = (f"{name}/tests" for name in databases.BESIDE_SALES.addons)
    assert testing.choose("all", [main]) == {"odoo": [main]}
    assert testing.choose("all", [glue]) == {"sale": [glue]}
    assert testing.choose("odoo", [glue]) == {}
    # Whoever names the part has the tests of the add-on itself beside sales orders.
    assert testing.choose("sale", [main, glue]) == {"sale": [main, glue]}


def test_what_is_tested_beside_sales_orders_is_there():
    assert all((testing.ADDON / "tests" / name).is_file() for name in testing.BESIDE)
    assert all((folder / "__manifest__.py").is_file() for folder in testing.SALE)
