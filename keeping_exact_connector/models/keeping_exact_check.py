from odoo import api, fields, models

from ..tools import messages

# In the order in which they are run and shown.
CODES = [
    ("division_access", "Access to the administration"),
    ("app_scopes", "Scopes of the app"),
    ("right_enter_invoices", "Right: Sales / Enter invoices"),
    ("right_process_invoices", "Right: Sales / Print and process invoices"),
    ("right_manage_items", "Right: General / Manage items"),
    ("right_view_items", "Right: General / View item data"),
    ("right_manage_accounts", "Right: Financial / Manage accounts"),
    ("right_view_accounts", "Right: Financial / View accounts"),
    ("fiscal_year", "Open financial year"),
    ("item_group", "Default item group"),
    ("journal", "Sales journal"),
    ("vat_code", "VAT code"),
    ("payment_condition", "Payment condition"),
    ("hours_item", "Hours item"),
]
STATES = [
    ("unknown", "Unknown"),
    ("ok", "In order"),
    ("warning", "Attention"),
    ("blocked", "Blocked"),
]
# Of these the link goes to the site itself: the user may not be able to open the administration,
# and permissions of apps belong to the user, not to an administration.
OF_THE_USER = ("division_access", "app_scopes")


class KeepingExactCheck(models.Model):
    """One thing in Exact that invoicing needs, and whether it was there when last looked at."""

    _name = "keeping.exact.check"
    _description = "Exact Online Check"
    _order = "sequence, id"
    _rec_name = "code"
    _check_company_auto = True

    administration_id = fields.Many2one(
        "keeping.exact.administration",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="administration_id.company_id", store=True, index=True, string="Organisation"
    )
    sequence = fields.Integer(readonly=True)
    code = fields.Selection(CODES, string="Check", required=True, readonly=True)
    state = fields.Selection(
        STATES,
        default="unknown",
        required=True,
        readonly=True,
        help="Blocked: Exact will refuse something until it is put right. Attention: it works, but "
        "look at it. Unknown: Exact did not show it to this user.",
    )
    message_code = fields.Char(readonly=True, export_string_translation=False)
    params = fields.Json(readonly=True, export_string_translation=False)
    message = fields.Text(string="What was found", compute="_compute_message")
    remedy = fields.Text(string="What to do", compute="_compute_message")
    url = fields.Char(string="In Exact", compute="_compute_url")
    checked_at = fields.Datetime(string="Checked on", readonly=True)

    _administration_code_unique = models.Constraint(
        "UNIQUE (administration_id, code)", "A check is kept once per administration."
    )

    # ------------------------------------------------------------------ compute

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        names = dict(self._fields["code"]._description_selection(self.env))
        for check in self:
            check.display_name = names.get(check.code)

    @api.depends("message_code", "params")
    @api.depends_context("lang")
    def _compute_message(self):
        for check in self:
            found = messages.explain_check(self.env, check.message_code, check.params)
            check.message, check.remedy = found.text, found.remedy

    @api.depends("code", "administration_id.site", "administration_id.code")
    def _compute_url(self):
        """Link to the start page of the administration: the one address that is documented.

        Of other pages in Exact only guesses are known (API reference, chapter 7).
        """
        Connection = self.env["keeping.exact.connection"]
        for check in self:
            administration = check.administration_id
            url = Connection._get_site_url(administration.site).rstrip("/")
            if check.code not in OF_THE_USER:
                url += f"/docs/MenuPortal.aspx?_Division_={administration.code}"
            check.url = url

    # ------------------------------------------------------------------ business

    @api.model
    def _store(self, administration, results):
        """Keep what was found, one row a check.

        :param dict results: :class:`checking.rules.Result` by code, in the order to show
        """
        known = {check.code: check for check in administration.check_ids}
        now = fields.Datetime.now()
        new = []
        for sequence, (code, result) in enumerate(results.items()):
            vals = {
                "sequence": sequence,
                "state": result.state,
                "message_code": result.message,
                "params": result.params or False,
                "checked_at": now,
            }
            if code in known:
                known[code].write(vals)
            else:
                new.append({"administration_id": administration.id, "code": code, **vals})
        self.create(new)
