import shutil

from devtools import loglines, paths

STAMP = "2026-11-22 16:00:00,123 4711"
LOGGER = "odoo.addons.keeping_exact_connector.models.x"


def write(tmp_path, *lines):
    log = tmp_path / "odoo.log"
    log.write_text("".join(f"{line}\n" for line in lines))
    return log


def found(tmp_path, *lines, allowed=()):
    return [str(record) for record in loglines.complaints(write(tmp_path, *lines), allowed)]


def test_all_is_well_with_infos_and_with_what_others_complain_of(tmp_path):
    assert not found(
        tmp_path,
        f"{STAMP} INFO run-odoo-1 {LOGGER}: all is well",
        f"{STAMP} DEBUG run-odoo-1 {LOGGER}: keeping_exact thinks",
        f"{STAMP} WARNING run-odoo-1 odoo.modules.loading: pg_trgm is not there",
        "a line before any header",
    )


def test_our_logger_complains(tmp_path):
    for level in ("WARNING", "ERROR", "CRITICAL"):
        line = f"{STAMP} {level} run-odoo-1 {LOGGER}: oh no"
        assert found(tmp_path, line) == [f"{level} {LOGGER}: oh no"]


def test_another_logger_complains_about_us(tmp_path):
    text = "The field keeping.exact.x: keeping_exact_state has no label"
    line = f"{STAMP} WARNING db odoo.registry: {text}"
    assert found(tmp_path, line) == [f"WARNING odoo.registry: {text}"]


def test_a_traceback_through_our_code_is_ours(tmp_path):
    lines = [
        f"{STAMP} ERROR db odoo.http: Exception during request handling.",
        "Traceback (most recent call last):",
        f'  File "{paths.ROOT}/keeping_exact_connector/models/x.py", line 1, in y',
        "ValueError: z",
        f"{STAMP} INFO db odoo.http: next",
    ]
    assert len(found(tmp_path, *lines)) == 1


def test_a_warning_of_pythons_is_about_the_file_it_names(tmp_path):
    ours = f"{paths.ROOT}/keeping_exact_connector/models/x.py"
    caller = f'  File "{ours}", line 1, in y'

    def warning(path):
        return f"{STAMP} WARNING db py.warnings: {path}:1: DeprecationWarning: old"

    assert not found(tmp_path, warning("/usr/lib/odoo/http.py"), caller)
    assert len(found(tmp_path, warning(ours), caller)) == 1


def test_a_conflict_that_odoo_tries_again_is_no_complaint(tmp_path):
    query = f"{STAMP} ERROR db odoo.sql_db: bad query: UPDATE keeping_exact_invoice"
    assert not found(tmp_path, query, "ERROR: could not serialize access due to concurrent update")
    assert len(found(tmp_path, query, "ERROR: column does not exist")) == 1


FOREIGN = """
import sys
from devtools import loglines, paths
record = loglines.Record("WARNING", "odoo.x", f"{paths.ROOT}/.dev/odoo/x.py is old")
print("keeping_exact" in record.text, record.ours)
"""


def test_the_name_of_the_checkouts_folder_is_no_mention(tmp_path, python):
    checkout = tmp_path / "keeping_exact_checkout"
    shutil.copytree(paths.ROOT / "devtools", checkout / "devtools")
    process = python(FOREIGN, checkout=checkout)
    assert process.communicate()[0] == "True False\n"


def test_the_exact_text_can_be_allowed_and_no_more(tmp_path):
    line = f"{STAMP} WARNING db {LOGGER}: known and harmless"
    assert not found(tmp_path, line, allowed=["known and harmless"])
    assert found(tmp_path, line, allowed=["known"])


def test_colours_and_trailing_figures_do_not_hide_a_complaint(tmp_path):
    line = f"{STAMP} \x1b[1;33m\x1b[1;49mWARNING\x1b[0m db {LOGGER}: oh no  "
    assert found(tmp_path, line) == [f"WARNING {LOGGER}: oh no"]
