from odoo import fields, models
from odoo.tools import date_utils, format_date

from ..models.keeping_exact_unbilled import AS_OF


class KeepingExactUnbilledAsOf(models.TransientModel):
    _name = "keeping.exact.unbilled.as.of"
    _description = "Hours Still to Bill as of a Day"

    day = fields.Date(
        required=True,
        default=lambda self: self._default_day(),
        help="At the end of this day. Hours billed later, or freed later, count as they were then.",
    )

    def _default_day(self):
        year = date_utils.start_of(fields.Date.context_today(self), "year")
        return date_utils.subtract(year, days=1)

    def action_show(self):
        """Show what was still to bill at the end of the day."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keeping_exact_connector.keeping_exact_unbilled_action"
        )
        day = format_date(self.env, self.day)
        return {
            **action,
            "name": self.env._("To invoice as of %s", day),
            "context": {AS_OF: str(self.day)},
            "views": [(False, "pivot"), (False, "list"), (False, "graph")],
            "path": False,
        }
