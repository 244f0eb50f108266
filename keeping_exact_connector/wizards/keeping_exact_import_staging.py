from psycopg2.extras import execute_values

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import links_file
from ..tools.links_file import SETTLED, TABLES, WrongFile
from ..tools.links_file.columns import (
    CORRECTIONS,
    CREDIT_LINES,
    CREDITS,
    HOURS,
    INVOICES,
    LINES,
)

PREFIX = "keeping_exact_import_"
# What the other steps find out, by table.
FOUND = {
    INVOICES.name: """
        position serial, administration_id int, existing_id int, existing text, customer_id int,
        partner_id int, problem text, live_count int, matched_count int, rest_count int,
        invoice_id int""",
    LINES.name: "position serial, line_id int",
    # Its row here, if its link is here already, and whether that bills it; whether that lacks a
    # timesheet which is found now; the row that is written, and whether it bills its hours.
    HOURS.name: """
        position serial, target int, reason text, here_id int, here_live boolean,
        rest boolean DEFAULT FALSE, hour_id int, holds boolean DEFAULT FALSE""",
    CORRECTIONS.name: "position serial",
    CREDITS.name: "position serial, credit_id int",
    CREDIT_LINES.name: "position serial",
}
INDEXED = {
    HOURS.name: ("reference", "hour", "corrects", "credit"),
    CREDITS.name: ("reference", "credit"),
}
# Values that a person may choose from here; a file with others is of another version, or no
# file of ours.
CHOICES = {
    "origin": "keeping.exact.invoice",
    "rate_mode": "keeping.exact.invoice",
    "rounding": "keeping.exact.invoice",
    "rounding_method": "keeping.exact.invoice",
    "rounding_level": "keeping.exact.invoice",
}


class KeepingExactImportStaging(models.TransientModel):
    """The file in temporary tables: what is done with it, is done in SQL and by the set."""

    _inherit = "keeping.exact.import"

    def _stage(self):
        """Read the file into the temporary tables of this transaction.

        :return: the manifest
        :raise UserError: says what is wrong with the file
        """
        try:
            manifest, read_table = links_file.read(self._get_content())
            for table in TABLES:
                self._make_table(table)
                for rows in read_table(table):
                    self._fill(table, rows)
                name = SQL.identifier(PREFIX + table.name)
                for column in INDEXED.get(table.name, ("reference",)):
                    index = SQL("CREATE INDEX ON %s (%s)", name, SQL.identifier(column))
                    self.env.cr.execute(index)
                self.env.cr.execute(SQL("ANALYZE %s", name))
            self._check_staged()
        except WrongFile as error:
            raise UserError(self._explain_wrong(error)) from error
        return manifest

    def _make_table(self, table):
        name = SQL.identifier(PREFIX + table.name)
        columns = SQL(", ").join(
            SQL("%s %s", SQL.identifier(column), SQL(kind))  # pylint: disable=sql-injection
            for column, kind in table.columns.items()
        )
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", name))
        self.env.cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE %s (%s, %s) ON COMMIT DROP",
                name, columns, SQL(FOUND[table.name]),  # pylint: disable=sql-injection
            )
        )  # fmt: skip

    def _fill(self, table, rows):
        columns = ", ".join(f'"{column}"' for column in table.columns)
        execute_values(
            self.env.cr._obj,
            f"INSERT INTO {PREFIX}{table.name} ({columns}) VALUES %s",  # pylint: disable=E8103
            rows,
            page_size=1_000,
        )

    # ------------------------------------------------------------------ what no file of ours has

    def _check_staged(self):
        """Refuse what contradicts itself, or what this version has no word for.

        :raise WrongFile: names the first reference that it is about
        """
        for code, query in self._get_contradictions().items():
            found = self.env.execute_query(SQL("SELECT * FROM (%s) wrong LIMIT 1", query))
            if found:
                raise WrongFile(code, reference=str(found[0][0])[:40])
        for column, model in CHOICES.items():
            self._check_choice(INVOICES, column, self._get_choices(model, column))
        self._check_choice(INVOICES, "state", SETTLED)

    def _get_choices(self, model, column):
        return tuple(value for value, _name in self.env[model]._fields[column].selection)

    def _check_choice(self, table, column, known):
        found = self.env.execute_query(
            SQL(
                "SELECT reference, %(column)s FROM %(table)s"
                " WHERE %(column)s NOT IN %(known)s LIMIT 1",
                column=SQL.identifier(column),
                table=SQL.identifier(PREFIX + table.name),
                known=known,
            )
        )
        if found:
            raise WrongFile(
                "value", file=table.file_name, row=found[0][0], column=column, value=found[0][1]
            )

    def _get_contradictions(self):
        return {
            "twice": SQL(
                "SELECT reference FROM keeping_exact_import_invoices"
                " GROUP BY reference HAVING count(*) > 1"
            ),
            "guid_twice": SQL(
                "SELECT min(reference) FROM keeping_exact_import_invoices"
                " WHERE state NOT IN ('disconnected', 'removed')"
                " GROUP BY site, administration, guid HAVING count(*) > 1"
            ),
            "line_twice": SQL(
                "SELECT min(reference) FROM keeping_exact_import_lines"
                " GROUP BY line HAVING count(*) > 1"
            ),
            "no_invoice": SQL(
                """
                SELECT part.reference
                  FROM (SELECT reference FROM keeping_exact_import_lines
                         UNION ALL SELECT reference FROM keeping_exact_import_hours
                         UNION ALL SELECT reference FROM keeping_exact_import_credits) part
                 WHERE NOT EXISTS (SELECT FROM keeping_exact_import_invoices link
                                    WHERE link.reference = part.reference)
                """
            ),
            "no_line": SQL(
                """
                SELECT hour.reference FROM keeping_exact_import_hours hour
                 WHERE NOT (hour.covered AND hour.line IS NULL)
                   AND NOT EXISTS (SELECT FROM keeping_exact_import_lines line
                                    WHERE line.line = hour.line
                                      AND line.reference = hour.reference)
                """
            ),
            # Version 1 has no numbers of hours, nor tells what hours without a timesheet correct.
            "no_timesheet": SQL(
                """
                SELECT reference FROM keeping_exact_import_hours
                 WHERE live AND (date IS NULL OR timesheet IS NULL AND corrects IS NULL
                                                 AND hour IS NOT NULL)
                """
            ),
            "not_live": SQL(
                """
                SELECT hour.reference FROM keeping_exact_import_hours hour
                  JOIN keeping_exact_import_invoices link ON link.reference = hour.reference
                 WHERE hour.live AND link.state IN ('disconnected', 'removed')
                """
            ),
            "reference": SQL(
                "SELECT reference FROM keeping_exact_import_invoices"
                " WHERE reference !~ '^[ -~]{1,12}$'"
            ),
        }

    # ------------------------------------------------------------------ words

    def _explain_wrong(self, error):
        params = {"file": "", "row": "", "column": "", "value": "", "version": "", "reference": ""}
        params.update(error.params)
        texts = {
            "no_zip": self.env._("This is no zip file. Choose the file as it was exported."),
            "other_zip": self.env._(
                "This zip was not exported from Exact Online links, or is damaged."
            ),
            "too_large": self.env._(
                "This file is too large to be an export of links (%(file)s).", **params
            ),
            "version": self.env._(
                "This file is of version %(version)s, which this version of the module does not "
                "know. Update the module.",
                **params,
            ),
            "damaged": self.env._(
                "%(file)s in this zip cannot be read. Export once more.", **params
            ),
            "changed": self.env._(
                "%(file)s was changed since it was exported. Import the file as it was exported.",
                **params,
            ),
            "columns": self.env._("%(file)s does not have the columns it should have.", **params),
            "row": self.env._("Row %(row)s of %(file)s does not have all columns.", **params),
            "value": self.env._(
                "Row %(row)s of %(file)s: %(column)s cannot be “%(value)s”.",
                **params,
            ),
        }
        return texts.get(error.code) or self.env._(
            "This file contradicts itself at %(reference)s (%(code)s), so nothing of it is "
            "imported. Export once more.",
            reference=params["reference"],
            code=error.code,
        )
