import csv
import hashlib
import io
import json

from odoo.exceptions import UserError
from odoo.tests import tagged

from .move_case import change, members, pack
from .test_import import ELSEWHERE
from .test_import_corrections import MovedCorrectionsCase

MARK = b"\xef\xbb\xbf"
# A file as version 1 wrote it, by its own columns: nothing of today's code is in it.
INVOICES = (
    "reference,site,administration,administration_name,state,origin,guid,number,customer_guid,"
    "customer,contact_id,contact,invoice_date,due_date,your_ref,description,currency,"
    "amount_untaxed,amount_total,accepted_difference,meant_untaxed,meant_total,meant_date,"
    "meant_known,rate_mode,rounding,rounding_method,rounding_level,date_from,date_to,hours,"
    "billed_hours,sent_at,removed_at\r\n"
    "KE-OLDFILE12,nl,%(code)s,Books,processed,created,old-guid,123,%(customer)s,Klant,,Klant,"
    "2026-10-31,,,,EUR,%(amount)s,%(amount)s,,%(amount)s,%(amount)s,,yes,rate_card,none,up,entry,"
    "2026-10-01,2026-10-31,%(hours)s,%(hours)s,2026-10-31 09:00:00,\r\n"
)
LINES = (
    "reference,line,sequence,name,notes,quantity,unit_price,amount,exact_amount,as_in_exact,whole,"
    "item_guid,item,vat_code,chosen_vat_code,unit,cost_centre,cost_unit,hours,billed_hours,guid\r\n"
    "KE-OLDFILE12,7,10,Website,,%(hours)s,100,%(amount)s,,no,no,,,,,,,,%(hours)s,%(hours)s,\r\n"
)
HOURS = (
    "reference,line,timesheet,external_id,date,employee,project,task,name,hours,billed_hours,rate,"
    "rate_source,amount,covered,live,released_at,repeat_no\r\n"
)
HOUR = (
    "KE-OLDFILE12,7,%(timesheet)s,,2026-10-12,Viewer,Website,,%(name)s,%(hours)s,%(hours)s,100,"
    ",%(amount)s,no,yes,,0\r\n"
)


@tagged("post_install", "-at_install")
class TestImportVersions(MovedCorrectionsCase):
    """A file that an earlier version of this module wrote is still read, with what it has."""

    def _old_file(self, *hours, **manifest):
        """Return a file of version 1 with a link of hours: (timesheet, name, hours) each."""
        total = sum(values[2] for values in hours)
        said = {
            "code": self.administration.code,
            "customer": self.in_exact.guid,
            "hours": total,
            "amount": total * 100,
        }
        names = ("timesheet", "name", "hours", "amount")
        rows = [HOUR % dict(zip(names, (*row, row[2] * 100), strict=True)) for row in hours]
        tables = {
            "invoices": INVOICES % said,
            "lines": LINES % said,
            "hours": HOURS + "".join(rows),
            "left_out": "reference,state,contact,hours,because\r\n",
        }
        parts = {f"{name}.csv": MARK + text.encode() for name, text in tables.items()}
        told = {
            "format": "keeping_exact_connector.links",
            "version": 1,
            "database": ELSEWHERE["database"],
            "organisation": "Before",
            "exported_at": "2026-10-31T10:00:00Z",
            "rows": {"invoices": 1, "lines": 1, "hours": len(hours), "left_out": 0},
            "sha256": {name: hashlib.sha256(parts[f"{name}.csv"]).hexdigest() for name in tables},
            **manifest,
        }
        return pack({"README.txt": "", **parts, "manifest.json": json.dumps(told)})

    def test_a_file_of_version_1_is_imported_as_ever(self):
        timesheets = self._make_hours(1, 2.5)
        one, other = timesheets
        content = self._old_file((17, one.name, 1), (18, other.name, 2.5))
        wizard = self._imported(content)
        self.assertEqual((wizard.new_count, wizard.imported_count), (1, 1))
        link = self._links()
        self.assertEqual((link.name, link.state, link.amount_untaxed), ("KE-OLDFILE12",) + (
            "processed", 350))  # fmt: skip
        self.assertEqual(link.hour_ids.timesheet_id, timesheets)
        self.assertTrue(all(link.hour_ids.mapped("live")))
        self.assertFalse(self._corrections())
        self.assertEqual(self._previewed(content).here_count, 1)

    def _without(self, table, column):
        """Return a table of a file without one of its columns."""
        rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))
        names = [name for name in rows[0] if name != column]
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue().encode("utf-8-sig")

    def test_a_file_of_version_2_has_no_discounts(self):
        invoice = self._bill(2)
        invoice.sudo().discount = 0.1
        invoice.sudo().line_ids.write(
            {"as_in_exact": True, "exact_amount": 180, "exact_discount": 0.1}
        )
        content = change(self._export(), ELSEWHERE)
        self._forget()
        self._imported(content)
        self.assertEqual(self._links().sudo().discount, 0.1)
        self._forget()
        parts = members(content)
        told = json.loads(parts["manifest.json"])
        for table, column in (("invoices", "discount"), ("lines", "exact_discount")):
            parts[f"{table}.csv"] = self._without(parts[f"{table}.csv"], column)
            told["sha256"][table] = hashlib.sha256(parts[f"{table}.csv"]).hexdigest()
        parts["manifest.json"] = json.dumps({**told, "version": 2})
        wizard = self._imported(pack(parts))
        self.assertEqual(wizard.imported_count, 1)
        self.assertEqual(self._links().sudo().discount, 0)
        # That of a line follows from its amount.
        self.assertEqual(self._links().sudo().line_ids.exact_discount, 0.1)

    def test_what_settled_a_correction_in_it_is_told_to_be_without_its_hour(self):
        timesheet = self._make_hours(2)
        content = self._old_file((17, timesheet.name, 2), ("", "Correction", -0.5))
        wizard = self._previewed(content, also_parts=True)
        self.assertEqual((wizard.part_count, wizard.hour_ids.reason), (1, "missing"))
        wizard.action_import()
        self.env.flush_all()
        link = self._links()
        self.assertEqual(link.amount_untaxed, 150)
        self.assertEqual(link.hour_ids.filtered("live").timesheet_id, timesheet)
        self.assertFalse(self._opened())

    def test_an_hour_that_was_corrected_comes_with_a_newer_file(self):
        invoice = self._bill(2)
        timesheet = invoice.hour_ids.timesheet_id
        self._correct(timesheet, 1.5)
        content = change(
            self._export(),
            ELSEWHERE,
            invoices=lambda rows: [{**row, "reference": "KE-OLDFILE12"} for row in rows],
            lines=lambda rows: [{**row, "reference": "KE-OLDFILE12"} for row in rows],
            hours=lambda rows: [{**row, "reference": "KE-OLDFILE12"} for row in rows],
            corrections=lambda rows: [{**row, "reference": "KE-OLDFILE12"} for row in rows],
        )
        old = self._old_file((timesheet.id, timesheet.name, 2))
        self._forget()
        wizard = self._imported(old, also_parts=True)
        self.assertEqual(wizard.part_count, 1)
        wizard = self._imported(content)
        self.assertEqual(wizard.rest_count, 1)
        self.assertEqual(self._links().hour_ids.timesheet_id, timesheet)
        self.assertEqual(self._opened().amount, -50)

    def test_what_is_no_version_is_refused(self):
        timesheet = self._make_hours(2)
        row = (17, timesheet.name, 2)
        for version in (0, -1, 4, "1", 1.5, True, None, [1]):
            with self.subTest(version=version), self.assertRaisesRegex(UserError, "version"):
                self._previewed(self._old_file(row, version=version))
        # Of another version than it says: its columns tell.
        with self.assertRaisesRegex(UserError, "was not exported"):
            self._previewed(self._old_file(row, version=2))
        newer = members(self._export())
        self._bill(1)
        with self.assertRaisesRegex(UserError, "columns"):
            told = json.loads(newer["manifest.json"])
            self._previewed(pack({**newer, "manifest.json": json.dumps({**told, "version": 1})}))
