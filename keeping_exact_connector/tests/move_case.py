import base64
import csv
import hashlib
import io
import json
import zipfile

from ..tools.links_file.columns import TABLES
from .common import GROUP, ExactCase


def members(content):
    """Return what is in a zip: names → bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(parts, method=zipfile.ZIP_DEFLATED):
    """Make a zip; a person who changes a table would have its digest agree."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def change(content, manifest=None, **tables):
    """Return the file with other values, signed as it should be.

    :param dict manifest: what is written over that of the file
    :param tables: name of a table → function that takes the rows (dicts) and returns them
    """
    parts = members(content)
    told = {**json.loads(parts["manifest.json"]), **(manifest or {})}
    for name, edit in tables.items():
        rows = rows_of(content, name)
        [table] = [table for table in TABLES if table.name == name]
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, table.columns)
        writer.writeheader()
        rows = edit(rows)
        writer.writerows(rows)
        data = text.getvalue().encode("utf-8-sig")
        parts[f"{name}.csv"] = data
        told["rows"][name] = len(rows)
        told["sha256"][name] = hashlib.sha256(data).hexdigest()
    parts["manifest.json"] = json.dumps(told)
    return pack(parts)


def rows_of(content, name):
    text = members(content)[f"{name}.csv"].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


class MoveCase(ExactCase):
    """Links in Exact, and somebody who both administers and invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mover = cls._make_user("mover", "administrator")
        cls.mover.group_ids |= cls.env.ref(f"{GROUP}invoicing")
        cls.in_exact = cls._make_customer("Klant", partner_id=cls.customer.id)

    def _bill(self, *amounts, state="processed", **hours):
        """Make a link in Exact of new hours; the sandbox has no part in it."""
        timesheets = self._make_hours(*amounts, **hours)
        invoice = self._preview(timesheet_ids=[(6, 0, timesheets.ids)]).sudo()
        invoice.customer_id = self.in_exact
        return self._bring(
            invoice, state, guid=f"guid of {invoice.name}", number="123", meant_known=True
        )

    def _export(self, user=None, company=None):
        """Return the file that the person is given."""
        user, company = user or self.mover, company or self.company
        Export = self.env["keeping.exact.export"].with_user(user).with_company(company)
        action = Export._ask_file(company)
        export = Export.browse(int(action["url"].rsplit("/", 1)[1]))
        file = io.BytesIO()
        export._write_file(file)
        return file.getvalue()

    def _forget(self):
        """Remove the links, as uninstalling and installing anew does."""
        self.env.flush_all()
        for table in ("hour", "invoice_line", "invoice"):
            self.env.cr.execute(
                f"DELETE FROM keeping_exact_{table} WHERE company_id = %s", (self.company.id,)
            )
        self.env.invalidate_all()

    def _importing(self, content, user=None, company=None, **vals):
        user, company = user or self.mover, company or self.company
        Import = self.env["keeping.exact.import"].with_user(user).with_company(company)
        return Import.create({"company_id": company.id, "file": base64.b64encode(content), **vals})

    def _previewed(self, content, **vals):
        wizard = self._importing(content, **vals)
        wizard.action_preview()
        return wizard

    def _imported(self, content, **vals):
        wizard = self._previewed(content, **vals)
        wizard.action_import()
        self.env.flush_all()
        self.env.invalidate_all()
        return wizard

    def _links(self):
        return self.env["keeping.exact.invoice"].search([("company_id", "=", self.company.id)])
