import hashlib
import json

from odoo import models
from odoo.tools import SQL

from ..tools.identity import get_identity

COUNTED = ("new", "part", "rest", "here", "not")
# As many hours that were not found are listed; their number is told whole.
LISTED = 1_000
OUTCOME = SQL(
    """CASE WHEN existing_id IS NOT NULL AND rest_count > 0 THEN 'rest'
            WHEN existing_id IS NOT NULL THEN 'here' WHEN problem IS NOT NULL THEN 'not'
            WHEN matched_count < live_count THEN 'part' ELSE 'new' END"""
)


class KeepingExactImportJudging(models.TransientModel):
    """What becomes of each link of the file: new, here already, or not to be imported, and why."""

    _inherit = "keeping.exact.import"

    # ------------------------------------------------------------------ what is here

    def _find_existing(self):
        """Find administrations, customers, and the links that are here already."""
        company = self.company_id.id
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE keeping_exact_import_invoices link SET administration_id = adm.id
              FROM keeping_exact_administration adm
             WHERE adm.site = link.site AND adm.code = link.administration
               AND adm.company_id = %s AND adm.state = 'linked'
            """,
            (company,),
        )
        self.env.cr.execute(
            """
            UPDATE keeping_exact_import_invoices link
               SET existing_id = found.id, existing = found.name
              FROM keeping_exact_invoice found
              JOIN keeping_exact_administration adm ON adm.id = found.administration_id
             WHERE found.company_id = %s AND adm.site = link.site
               AND adm.code = link.administration
               AND (found.name = link.reference
                    OR (found.guid = link.guid AND link.state NOT IN ('disconnected', 'removed')
                        AND found.state NOT IN ('disconnected', 'removed')))
            """,
            (company,),
        )
        self.env.cr.execute(
            """
            UPDATE keeping_exact_import_invoices link SET customer_id = customer.id
              FROM keeping_exact_customer customer
             WHERE customer.administration_id = link.administration_id
               AND customer.guid = link.customer_guid
            """
        )
        self.env.cr.execute(
            """
            UPDATE keeping_exact_import_invoices link SET problem = CASE
                WHEN EXISTS (SELECT FROM keeping_exact_invoice other
                              WHERE other.name = link.reference) THEN 'reference'
                WHEN administration_id IS NULL THEN 'administration'
                WHEN customer_id IS NULL THEN 'customer'
                WHEN NOT EXISTS (SELECT FROM res_currency WHERE name = link.currency)
                    THEN 'currency' END
             WHERE existing_id IS NULL
            """
        )

    # ------------------------------------------------------------------ verdict

    def _judge(self, manifest):
        """Count what was found of each link, and find the contact that it is for."""
        self._count_hours()
        self._find_partners(manifest)

    def _count_hours(self):
        self.env.cr.execute(
            """
            UPDATE keeping_exact_import_invoices link
               SET live_count = counted.live, matched_count = counted.matched,
                   rest_count = counted.rest
              FROM (
                  SELECT mine.reference, count(*) FILTER (WHERE hour.live) AS live,
                         count(*) FILTER (WHERE hour.live AND hour.reason IS NULL) AS matched,
                         count(*) FILTER (WHERE hour.rest) AS rest
                    FROM keeping_exact_import_invoices mine
                    LEFT JOIN keeping_exact_import_hours hour USING (reference)
                   GROUP BY mine.reference
              ) counted
             WHERE counted.reference = link.reference
            """
        )

    def _find_partners(self, manifest):
        """Find the contact of each customer in Exact, and say so where there is none.

        The one that it is linked with here; else the one whose hours they are; else, in the same
        database or a copy of it, the one it was.
        """
        same = manifest["database"] == get_identity(self.env.cr)["uuid"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT link.customer_id, array_agg(DISTINCT partner.commercial_partner_id)
                           FILTER (WHERE partner.commercial_partner_id IS NOT NULL),
                       array_agg(DISTINCT link.contact_id) FILTER (WHERE owner.id IS NOT NULL)
                  FROM keeping_exact_import_invoices link
                  LEFT JOIN keeping_exact_import_hours hour
                         ON hour.reference = link.reference AND hour.reason IS NULL
                  LEFT JOIN keeping_exact_import_here here ON here.id = hour.target
                  LEFT JOIN res_partner partner ON partner.id = here.partner_id
                  LEFT JOIN res_partner owner ON %(same)s AND owner.id = link.contact_id
                            AND owner.name = link.contact AND owner.parent_id IS NULL
                 WHERE link.existing_id IS NULL AND link.problem IS NULL
                 GROUP BY link.customer_id
                """,
                same=same,
            )
        )
        Customer = self.env["keeping.exact.customer"].sudo()
        customers = Customer.browse(row[0] for row in rows)
        mapped = self._get_mapped(customers.administration_id)
        for customer_id, of_hours, of_before in rows:
            customer = Customer.browse(customer_id)
            partner = customer.partner_id
            if not partner:
                partner = self._get_only_partner(of_hours) or self._get_only_partner(of_before)
                key = (customer.administration_id, partner)
                if partner and mapped.setdefault(key, customer) != customer:
                    partner = partner.browse()
            self.env.cr.execute(
                """
                UPDATE keeping_exact_import_invoices
                   SET partner_id = %s, problem = CASE WHEN %s IS NULL THEN 'partner' END
                 WHERE customer_id = %s AND existing_id IS NULL AND problem IS NULL
                """,
                (partner.id or None, partner.id or None, customer_id),
            )

    def _get_mapped(self, administrations):
        """Return the customers in Exact that contacts are linked with, by administration."""
        found = (
            self.env["keeping.exact.customer"]
            .sudo()
            .search(
                [
                    ("administration_id", "in", administrations.ids),
                    ("partner_id", "!=", False),
                ]
            )
        )
        return {(customer.administration_id, customer.partner_id): customer for customer in found}

    def _get_only_partner(self, ids):
        """Return the contact, if there is exactly one and this organisation may have it."""
        partner = self.env["res.partner"].sudo().browse(ids if ids and len(ids) == 1 else [])
        return partner.filtered(lambda p: p.company_id.id in (False, self.company_id.id))

    # ------------------------------------------------------------------ showing

    def _get_plan_digest(self, manifest):
        """Return a text that is another one when importing would do something else.

        :param dict manifest: of the file, which has the digests of its tables
        """
        [(digest,)] = self.env.execute_query(
            SQL(
                """
                SELECT concat_ws(':',
                    (SELECT sum(hashtextextended(concat_ws('|', reference, %(outcome)s, existing_id,
                                administration_id, customer_id, partner_id, problem), 0)::numeric)
                       FROM keeping_exact_import_invoices),
                    (SELECT sum(hashtextextended(concat_ws('|', position, target, reason,
                                here_id, rest), 0)::numeric)
                       FROM keeping_exact_import_hours))
                """,
                outcome=OUTCOME,
            )
        )
        tables = json.dumps(manifest["sha256"], sort_keys=True)
        return f"{digest}:{hashlib.sha256(tables.encode()).hexdigest()}"

    def _show_preview(self, manifest, notice):
        counts = dict(
            self.env.execute_query(
                SQL(
                    "SELECT %s AS outcome, count(*) FROM keeping_exact_import_invoices"
                    " GROUP BY outcome",
                    OUTCOME,
                )
            )
        )
        [(found, unmatched)] = self.env.execute_query(
            SQL(
                """
                SELECT count(*) FILTER (WHERE hour.reason IS NULL),
                       count(*) FILTER (WHERE hour.reason IS NOT NULL)
                  FROM keeping_exact_import_hours hour
                  JOIN keeping_exact_import_invoices link USING (reference)
                 WHERE hour.live AND (link.existing_id IS NULL OR hour.rest)
                """
            )
        )
        self.sudo().write(
            {
                "step": "preview",
                "notice": notice,
                "database": manifest["database"][:100],
                "organisation": manifest["organisation"][:200],
                "exported_at": manifest["exported_at"][:40].replace("T", " "),
                "shown": self._get_plan_digest(manifest),
                **{f"{name}_count": counts.get(name, 0) for name in COUNTED},
                "hour_count": found,
                "unmatched_count": unmatched,
                **self._count_what_came_after(),
            }
        )
        self._show_rows()
        self._show_hours()

    def _count_what_came_after(self):
        [(corrections, credited)] = self.env.execute_query(
            SQL(
                """
                SELECT (SELECT count(*) FROM keeping_exact_import_corrections
                          JOIN keeping_exact_import_invoices link USING (reference)
                         WHERE link.existing_id IS NULL AND link.problem IS NULL),
                       (SELECT count(*) FROM keeping_exact_import_credits
                          JOIN keeping_exact_import_invoices link USING (reference)
                         WHERE link.existing_id IS NULL AND link.problem IS NULL)
                """
            )
        )
        return {"correction_count": corrections, "credit_count": credited}

    def _show_rows(self):
        self.sudo().row_ids.unlink()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT reference, number, customer, invoice_date, live_count, matched_count,
                       %(outcome)s, problem, existing, rest_count, site, administration,
                       administration_name
                  FROM keeping_exact_import_invoices ORDER BY position
                """,
                outcome=OUTCOME,
            )
        )
        names = ("reference", "number", "customer", "invoice_date", "hour_count", "matched_count")
        self.env["keeping.exact.import.row"].sudo().create(
            [
                {
                    "import_id": self.id,
                    **dict(zip(names, row, strict=False)),
                    "outcome": row[6],
                    "explanation": self._explain(*row),
                }
                for row in rows
            ]
        )

    def _show_hours(self):
        self.sudo().hour_ids.unlink()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO keeping_exact_import_hour (
                    import_id, reference, date, employee, project, task, name, hours, reason,
                    create_uid, write_uid, create_date, write_date)
                SELECT %(wizard)s, hour.reference, hour.date, hour.employee, hour.project,
                       hour.task, hour.name, hour.hours, hour.reason, %(user)s, %(user)s,
                       now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM keeping_exact_import_hours hour
                  JOIN keeping_exact_import_invoices link USING (reference)
                 WHERE hour.reason IS NOT NULL AND link.existing_id IS NULL
                 ORDER BY hour.position LIMIT %(most)s
                RETURNING id
                """,
                wizard=self.id,
                user=self.env.uid,
                most=LISTED,
            )
        )
        self.invalidate_recordset(["hour_ids"])

    def _explain(
        self, reference, number, customer, day, live, matched, outcome, problem, existing,
        rest, site, code, name,
    ):  # fmt: skip
        if outcome == "rest":
            return self.env._("Not found before, and found now: %s", rest)
        if outcome == "here":
            return self.env._("As %s", existing) if existing != reference else False
        if outcome == "part":
            return self.env._("Hours not found: %s", live - matched)
        if outcome == "new":
            return False
        texts = {
            "reference": self.env._("Its reference is in use for another link in this database."),
            "administration": self.env._(
                "Administration %(code)s %(name)s (%(site)s) is not linked in this organisation. "
                "Link it first, under Integrations > Exact Online.",
                code=code,
                name=name or "",
                site=site.upper(),
            ),
            "customer": self.env._(
                "%s is not among the customers read from this administration. Read its lists "
                "again; if it is gone from Exact Online, this link cannot be imported.",
                customer or self.env._("Its customer"),
            ),
            "currency": self.env._("This database does not know its currency."),
            "partner": self.env._(
                "It is not known which contact here %s is. Choose it under Link customers.",
                customer or self.env._("its customer"),
            ),
        }
        return texts[problem]
