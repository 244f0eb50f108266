import re

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..tools.guards import check_administrator

# Longest code of a journal, VAT code or payment condition that any source shows, with room.
CODE = re.compile(r"\w[\w.\-/]{0,9}")


class KeepingExactTyped(models.AbstractModel):
    """A short list of an administration, whose codes may be typed where Exact does not show it.

    An Exact user with no more than the six rights may not see these lists; a code that a person
    reads in Exact is then kept as a row without GUID, until a later reading takes it over.
    """

    _name = "keeping.exact.typed"
    _description = "Code of Exact Online that may be Typed"
    _inherit = ["keeping.exact.mirror"]

    # Field of the administration that tells that Exact did not show the list.
    _unread_field = None
    # What a typed code is taken for.
    _typed_vals = {}

    _administration_code_typed_unique = models.UniqueIndex(
        "(administration_id, code) WHERE guid IS NULL", "This code was typed already."
    )

    # ------------------------------------------------------------------ compute

    @api.depends("guid")
    @api.depends_context("lang")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for record in self.filtered(lambda record: record.id and not record.guid):
            record.display_name = self.env._("%s (typed, not checked)", record.code)
        return result

    # ------------------------------------------------------------------ CRUD

    @api.model_create_multi
    def create(self, vals_list):
        # The right to create is there for the form to offer typing a code, and for nothing else.
        if not self.env.su:
            raise AccessError(self.env._("These are read from Exact; only a code can be typed."))
        return super().create(vals_list)

    @api.model
    def name_create(self, name):
        """Keep a code that was typed, for the administration in the context.

        :param str name: the code, as it stands in Exact
        :raise UserError: Exact does show the list, or this is no code
        """
        administration_id = self.env.context.get("default_administration_id")
        administration = self.env["keeping.exact.administration"].browse(administration_id or [])
        check_administrator(administration)
        if not administration:
            raise UserError(self.env._("Open the administration first, and type the code there."))
        if not administration[self._unread_field]:
            raise UserError(self.env._("Choose one from the list that Exact Online shows."))
        record = self.sudo()._get_typed(administration.sudo(), name.strip())
        return record.id, record.with_env(self.env).display_name

    # ------------------------------------------------------------------ business

    @api.model
    def _get_typed(self, administration, code):
        """Return the row of a code that cannot be read in Exact; made if there is none.

        :raise UserError: this is no code
        """
        if not CODE.fullmatch(code):
            raise UserError(
                self.env._(
                    "Type the code alone, as it stands in Exact Online: letters and digits, for "
                    "example 70."
                )
            )
        domain = [("administration_id", "=", administration.id), ("code", "=", code)]
        known = self.with_context(active_test=False).search(domain, order="guid", limit=1)
        if known:
            known.active = True
            return known
        return self.create(
            {
                "administration_id": administration.id,
                "code": code,
                "name": code,
                **self._typed_vals,
            }
        )

    @api.model
    def _upsert(self, administration, rows):
        """A code that was typed becomes the row that Exact shows under it."""
        mine = self.with_context(active_test=False).search(
            [("administration_id", "=", administration.id)]
        )
        guids = {row.get("Code"): row["ID"] for row in rows}
        taken = set(mine.mapped("guid"))
        for typed in mine.filtered(lambda record: not record.guid):
            guid = guids.get(typed.code)
            if guid and guid not in taken:
                typed.guid = guid
        return super()._upsert(administration, rows)
