import base64
import zipfile

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools.links_file import reading
from .move_case import MoveCase, change, members, pack, rows_of


@tagged("post_install", "-at_install")
class TestImportHostile(MoveCase):
    """A file that is not what was exported is refused with words, and nothing is written."""

    def setUp(self):
        super().setUp()
        self._bill(1, 2)
        self.content = self._export()
        self._forget()

    def _assert_refused(self, content, words):
        with self.assertRaisesRegex(UserError, words):
            self._previewed(content)
        self.assertFalse(self._links())

    def _with_what_came_after(self):
        """Return the file with a correction, what settles it, and a credit of the other hour."""
        [line] = rows_of(self.content, "lines")
        one, other = rows_of(self.content, "hours")
        number, reference = int(other["hour"]) + 1, one["reference"]
        blank = dict.fromkeys(one, "")
        settling = {**blank, "reference": reference, "line": line["line"], "date": one["date"],
                    "hours": -0.5, "covered": "no", "live": "yes", "hour": number,
                    "corrects": one["hour"]}  # fmt: skip
        freed = {**other, "live": "no", "credit": 1}
        correction = {"reference": reference, "hour": one["hour"], "kind": "corrected",
                      "reason": "Break", "hours_before": 1, "hours_after": 0.5,
                      "billed_after": 0.5, "amount_after": 50,
                      "moment": "2026-11-01 10:00:00"}  # fmt: skip
        credit = {"reference": reference, "credit": 1, "name": "KE-CREDIT", "state": "done",
                  "origin": "found", "source": "note", "guid": "note", "amount": 200,
                  "part_no": 1}  # fmt: skip
        part = {"reference": reference, "credit": 1, "line": line["line"], "amount": 200}
        return change(
            self.content,
            hours=lambda rows: [one, freed, settling],
            corrections=lambda rows: [correction],
            credits=lambda rows: [credit],
            credit_lines=lambda rows: [part],
        )

    def test_no_zip(self):
        self._assert_refused(b"hello", "no zip")
        self._assert_refused(self.content[:200], "no zip")
        with self.assertRaisesRegex(UserError, "Choose a file"):
            self._importing(b"").action_preview()

    def test_another_zip(self):
        self._assert_refused(pack({"a.txt": "a"}), "was not exported")
        parts = members(self.content)
        self._assert_refused(pack({**parts, "manifest.json": "[" * 5_000}), "was not exported")
        self._assert_refused(pack({**parts, "manifest.json": "{}"}), "was not exported")
        self._assert_refused(pack(parts | {str(n): "" for n in range(30)}), "was not exported")

    def test_a_later_version(self):
        self._assert_refused(change(self.content, {"version": 9}), "version 9")

    def test_a_table_that_was_edited(self):
        parts = members(self.content)
        parts["hours.csv"] = parts["hours.csv"].replace(b"100", b"900", 1)
        self._assert_refused(pack(parts), "changed since")

    def test_a_bomb(self):
        self.addCleanup(setattr, reading, "LARGEST_TABLE", reading.LARGEST_TABLE)
        reading.LARGEST_TABLE = 100_000
        parts = members(self.content)
        row = parts["hours.csv"].splitlines(keepends=True)[-1]
        bomb = pack({**parts, "hours.csv": parts["hours.csv"] + row * 20_000})
        self._assert_refused(bomb, "too large")
        endless = pack({**parts, "hours.csv": parts["hours.csv"] + b"x" * 90_000 * 10})
        self._assert_refused(endless, "cannot be read|too large")

    def test_a_file_beyond_what_any_export_is(self):
        self.addCleanup(setattr, reading, "LARGEST_FILE", reading.LARGEST_FILE)
        reading.LARGEST_FILE = 10
        self._assert_refused(self.content, "too large")

    def test_a_line_without_end(self):
        parts = members(self.content)
        endless = pack({**parts, "lines.csv": parts["lines.csv"] + b'"' + b"x" * 1_000_000})
        self._assert_refused(endless, "cannot be read")

    def test_no_utf_8(self):
        parts = members(self.content)
        self._assert_refused(
            pack({**parts, "hours.csv": parts["hours.csv"] + b"\xff\xfe"}), "cannot be read"
        )

    def test_a_damaged_member(self):
        position = self.content.index(b"hours.csv") + 60
        damaged = bytearray(self.content)
        damaged[position : position + 20] = b"\x00" * 20
        self._assert_refused(bytes(damaged), "cannot be read|damaged")

    def test_wrong_types(self):
        for table, column, value in (
            ("hours", "hours", "many"),
            ("hours", "hours", "NaN"),
            ("hours", "hours", "1e400"),
            ("hours", "rate", "9" * 30),
            ("hours", "timesheet", "99999999999"),
            ("hours", "timesheet", "1; DROP TABLE"),
            ("hours", "live", "perhaps"),
            ("hours", "date", "2026-13-01"),
            ("hours", "name", "a\x00b"),
            ("hours", "name", "x" * 60_000),
            ("invoices", "state", "draft"),
            ("invoices", "state", "'; --"),
            ("invoices", "origin", "stolen"),
            ("invoices", "sent_at", "2026-01-01T00:00:00+02:00"),
            ("invoices", "administration", ""),
            ("invoices", "guid", ""),
            ("lines", "quantity", "Infinity"),
        ):
            wrong = change(
                self.content,
                **{table: lambda rows, c=column, v=value: [{**row, c: v} for row in rows]},
            )
            with self.subTest(table=table, column=column, value=value[:20]):
                self._assert_refused(wrong, f"{column}|cannot be read")

    def test_contradictions(self):
        [line] = rows_of(self.content, "lines")
        cases = {
            "twice": {"invoices": lambda rows: rows * 2},
            "line_twice": {"lines": lambda rows: rows * 2},
            "no_line": {"hours": lambda rows: [{**row, "line": 1} for row in rows]},
            "no_invoice": {"lines": lambda rows: [*rows, {**line, "reference": "x", "line": 5}]},
            "no_timesheet": {"hours": lambda rows: [{**row, "timesheet": ""} for row in rows]},
            "not_live": {"invoices": lambda rows: [{**row, "state": "removed"} for row in rows]},
            "reference": {
                table: lambda rows: [{**row, "reference": "x" * 40} for row in rows]
                for table in ("invoices", "lines", "hours")
            },
        }
        for code, tables in cases.items():
            with self.subTest(code=code):
                self._assert_refused(change(self.content, **tables), rf"\({code}\)")

    def test_wrong_corrections_and_credits(self):
        content = self._with_what_came_after()
        self.assertEqual(self._previewed(content).new_count, 1)
        for table, column, value in (
            ("corrections", "kind", "forgiven"),
            ("corrections", "kind", ""),
            ("corrections", "reason", ""),
            ("corrections", "moment", "yesterday"),
            ("corrections", "amount_after", "NaN"),
            ("corrections", "hour", ""),
            ("credits", "state", "waiting"),
            ("credits", "state", ""),
            ("credits", "origin", "stolen"),
            ("credits", "source", "paper"),
            ("credits", "state_before", "draft"),
            ("credits", "guid", ""),
            ("credits", "amount", "much"),
            ("credit_lines", "amount", ""),
            ("credit_lines", "line", "x"),
            ("hours", "hour", ""),
        ):
            wrong = change(
                content, **{table: lambda rows, c=column, v=value: [{**r, c: v} for r in rows]}
            )
            with self.subTest(table=table, column=column, value=value):
                self._assert_refused(wrong, column)

    def test_corrections_and_credits_that_contradict_the_rest(self):
        content = self._with_what_came_after()
        one, freed, settling = rows_of(content, "hours")
        cases = {
            "hour_twice": {"hours": lambda rows: [one, {**freed, "hour": one["hour"]}, settling]},
            "correction": {"corrections": lambda rows: [{**r, "hours_after": ""} for r in rows]},
            "no_hour": {"corrections": lambda rows: [{**row, "hour": 1} for row in rows]},
            "corrects": {"hours": lambda rows: [*rows, {**settling, "hour": 1,
                                                        "corrects": settling["hour"]}]},
            "credit_twice": {"credits": lambda rows: rows * 2},
            "credit_line": {"credit_lines": lambda rows: [{**row, "credit": 2} for row in rows]},
            "credited": {"hours": lambda rows: [one, {**freed, "live": "yes"}, settling]},
            "credit_name": {"credits": lambda rows: [{**row, "name": "x" * 40} for row in rows]},
            "no_invoice": {"credits": lambda rows: [{**row, "reference": "x"} for row in rows]},
        }  # fmt: skip
        for code, tables in cases.items():
            with self.subTest(code=code):
                self._assert_refused(change(content, **tables), rf"\({code}\)")
        itself = {**settling, "corrects": settling["hour"]}
        wrong = change(content, hours=lambda rows: [one, freed, itself])
        self._assert_refused(wrong, r"\(corrects\)")

    def test_a_credit_takes_no_hour_of_another_link(self):
        content = self._with_what_came_after()
        other = self._bill(3)
        theirs = rows_of(self._export(), "invoices")
        hours = rows_of(self._export(), "hours")
        lines = rows_of(self._export(), "lines")
        self.assertTrue(other)
        self._forget()
        wrong = change(
            content,
            invoices=lambda rows: rows + theirs,
            lines=lambda rows: rows + lines,
            hours=lambda rows: [*rows, *({**h, "live": "no", "credit": 1} for h in hours)],
        )
        self._assert_refused(wrong, r"\(credited|hour_twice\)")

    def test_another_file_than_was_shown_is_shown_first(self):
        content = self._with_what_came_after()
        wizard = self._previewed(content)
        other = change(
            content, corrections=lambda rows: [{**row, "amount_after": 900} for row in rows]
        )
        wizard.file = base64.b64encode(other)
        wizard.action_import()
        self.assertEqual(wizard.step, "preview")
        self.assertTrue(wizard.notice)
        self.assertFalse(self._links())

    def test_a_text_in_a_correction_is_no_markup(self):
        content = change(
            self._with_what_came_after(),
            corrections=lambda rows: [{**row, "reason": "<script>x</script>"} for row in rows],
        )
        wizard = self._previewed(content)
        wizard.action_import()
        self.env.flush_all()
        bodies = " ".join(self._links().message_ids.mapped("body"))
        self.assertIn("&lt;script&gt;", bodies)
        self.assertNotIn("<script>", bodies)

    def test_missing_columns_and_cells(self):
        parts = members(self.content)
        self._assert_refused(pack({**parts, "hours.csv": "a,b\r\n1,2\r\n"}), "columns")
        short = parts["hours.csv"] + b"1,2\r\n"
        self._assert_refused(pack({**parts, "hours.csv": short}), "all columns")

    def test_the_same_hour_for_two_lines_is_billed_as_often_as_the_file_says_and_no_more(self):
        """One timesheet twice on one link: billed again on purpose, or a lie; never more."""
        first = rows_of(self.content, "hours")[0]
        again = {**first, "hour": 1}
        double = change(self.content, hours=lambda rows: [*rows, again])
        wizard = self._previewed(double)
        wizard.action_import()
        self.env.flush_all()
        hours = self._links().hour_ids.filtered("live")
        self.assertEqual(sorted(hours.mapped("repeat_no")), [0, 0, 1])

    def test_stored_instead_of_packed_is_read_too(self):
        stored = pack(members(self.content), zipfile.ZIP_STORED)
        self.assertEqual(self._previewed(stored).new_count, 1)
