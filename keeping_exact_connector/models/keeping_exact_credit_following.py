from odoo import api, fields, models


class KeepingExactCreditFollowing(models.Model):
    """A credit that is in force and whose credit note is deleted in Exact: a person decides."""

    _inherit = "keeping.exact.credit"

    removed_at = fields.Datetime(
        string="Known as deleted since",
        readonly=True,
        copy=False,
        help="Exact lists the credit note as deleted. Its hours stay free until somebody undoes "
        "this credit.",
    )

    @api.model
    def _note_deleted(self, administration, guids):
        """Tell whoever made the links that credit notes are gone; nothing is undone by itself.

        :param administration: keeping.exact.administration
        :param list guids: of what was deleted in Exact
        """
        gone = self.search(
            [
                ("administration_id", "=", administration.id),
                ("guid", "in", guids),
                ("state", "=", "done"),
                ("removed_at", "=", False),
            ]
        )
        gone.removed_at = fields.Datetime.now()
        for credit in gone:
            invoice = credit.invoice_id
            mine = invoice.with_context(lang=invoice.create_uid.lang)
            mine._tell_maker(
                mine.env._(
                    "Credit note %(number)s of invoice %(invoice)s was deleted in Exact Online. "
                    "Its %(hours)s hours stay free. If they are billed after all, open the credit "
                    "and undo it.",
                    number=credit.display_name,
                    invoice=invoice.number or invoice.name,
                    hours=f"{credit.hours:.2f}",
                )
            )

    def _explain_undone(self, hours):
        if not self.removed_at:
            return super()._explain_undone(hours)
        return self.env._(
            "The credit by %(number)s, which was deleted in Exact Online, was undone by %(user)s: "
            "%(hours)s hours are billed on this invoice again.",
            number=self.display_name,
            hours=f"{hours:.2f}",
            user=self.env.user.display_name,
        )


class KeepingExactInvoice(models.Model):
    _inherit = "keeping.exact.invoice"

    def _get_known_guids(self, guids):
        mine = [("administration_id", "=", self.administration_id.id), ("guid", "in", guids)]
        known = self.env["keeping.exact.credit"].search(mine)
        return super()._get_known_guids(guids) | set(known.mapped("guid"))

    @api.depends("credit_ids.removed_at")
    def _compute_credit_message(self):
        result = super()._compute_credit_message()
        for invoice in self.filtered(lambda one: not one.credit_message):
            gone = invoice.credit_ids.filtered(
                lambda credit: credit.state == "done" and credit.removed_at
            )
            if gone:
                invoice.credit_message = self.env._(
                    "Credit note %s was deleted in Exact Online, and its hours are still free.",
                    ", ".join(gone.mapped("display_name")),
                )
                invoice.credit_remedy = self.env._(
                    "Open Credits above and undo it if the hours are billed after all. Leave it "
                    "if they are to be billed again."
                )
        return result


class KeepingExactAdministration(models.Model):
    _inherit = "keeping.exact.administration"

    def _has_followed(self):
        in_force = [("administration_id", "=", self.id), ("state", "=", "done")]
        return super()._has_followed() or bool(
            self.env["keeping.exact.credit"].search_count(in_force, limit=1)
        )

    def _note_deletions(self, rows):
        guids = [row["EntityKey"] for row in rows]
        self.env["keeping.exact.credit"]._note_deleted(self, guids)
        return super()._note_deletions(rows)
