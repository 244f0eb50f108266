from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import urls

from ..tools import encryption, messages
from ..tools.guards import check_administrator, check_editable
from ..tools.settings import get_setting
from ..tools.sites import SITE_SELECTION

CALLBACK_PATH = "/keeping_exact/oauth/callback"
EDITABLE = (
    "company_id",
    "site",
    "exact_address",
    "client_id",
    "client_secret",
    "keeping_exact_enabled",
)
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class KeepingExactConnection(models.Model):
    _name = "keeping.exact.connection"
    _description = "Exact Online Connection"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "company_id, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company",
        string="Organisation",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    keeping_exact_enabled = fields.Boolean(
        string="Exact Online is on",
        compute="_compute_keeping_exact_enabled",
        inverse="_inverse_keeping_exact_enabled",
        help="For the whole organisation. Off: nothing is read from or sent to Exact Online. "
        "Connections, invoices and hours stay as they are, and what waits goes on when it is on "
        "again.",
    )
    switched_off_message = fields.Char(compute="_compute_switched_off_message")
    site = fields.Selection(
        SITE_SELECTION,
        string="Exact Online of",
        required=True,
        default="nl",
        help="Look at the address of your Exact Online to see which one you use.",
    )
    client_id = fields.Char(
        string="Client ID",
        tracking=True,
        help="Of the app that you registered at Exact Online. Leave it empty when your hosting "
        "partner has one for you.",
    )
    client_secret = fields.Char(
        string="Client secret",
        compute="_compute_client_secret",
        inverse="_inverse_client_secret",
        help="Of the same app. It is kept encrypted and never shown again.",
    )
    has_client_secret = fields.Boolean(compute="_compute_has_client_secret")
    client_secret_pending = fields.Char(groups=fields.NO_ACCESS, copy=False, prefetch=False)
    consent_nonce = fields.Char(groups=fields.NO_ACCESS, copy=False, prefetch=False)
    grant_id = fields.Many2one(
        "keeping.exact.grant",
        groups=fields.NO_ACCESS,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    state = fields.Selection(
        [
            ("draft", "Not connected yet"),
            ("connected", "Connected"),
            ("attention", "Needs attention"),
            ("disconnected", "Disconnected"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    exact_user_name = fields.Char(string="Exact user", readonly=True, copy=False)
    exact_user_email = fields.Char(string="E-mail", readonly=True, copy=False)
    connected_at = fields.Datetime(string="Connected on", readonly=True, copy=False)
    refresh_expires_at = fields.Datetime(
        string="Valid until",
        compute="_compute_refresh_expires_at",
        compute_sudo=True,
        help="The connection renews itself as long as it is used once in 30 days.",
    )
    health_code = fields.Char(readonly=True, copy=False)
    health_text = fields.Char(readonly=True, copy=False)
    health_message = fields.Text(compute="_compute_health_message")
    # Databases of this server that use the same app: Exact keeps one connection per app and user.
    other_databases = fields.Char(
        compute="_compute_other_databases", export_string_translation=False
    )
    redirect_uri = fields.Char(
        string="Redirect URI",
        compute="_compute_redirect_uri",
        help="Register exactly this address with your app at Exact Online.",
    )
    redirect_problem = fields.Char(compute="_compute_redirect_uri")
    has_server_app = fields.Boolean(compute="_compute_has_server_app")
    administration_ids = fields.One2many(
        "keeping.exact.administration", "connection_id", string="Administrations", readonly=True
    )
    administration_count = fields.Integer(compute="_compute_administration_count")
    linked_count = fields.Integer(compute="_compute_administration_count")

    # ------------------------------------------------------------------ compute and inverse

    @api.depends("site", "exact_user_name")
    def _compute_name(self):
        labels = dict(self._fields["site"]._description_selection(self.env))
        for connection in self:
            parts = [labels.get(connection.site), connection.exact_user_name]
            connection.name = " · ".join(filter(None, parts))

    @api.depends("company_id.keeping_exact_enabled")
    def _compute_keeping_exact_enabled(self):
        for connection in self:
            connection.keeping_exact_enabled = connection.company_id.sudo().keeping_exact_enabled

    @api.depends("company_id.keeping_exact_enabled")
    def _compute_switched_off_message(self):
        for connection in self:
            company = connection.company_id
            refusal = company and company._get_keeping_exact_refusal()
            connection.switched_off_message = refusal or False

    def _inverse_keeping_exact_enabled(self):
        # Who may write a connection may switch: an Exact administrator need not be Odoo's own.
        for connection in self:
            company_sudo = connection.company_id.sudo()
            if company_sudo.keeping_exact_enabled != connection.keeping_exact_enabled:
                company_sudo.keeping_exact_enabled = connection.keeping_exact_enabled

    def _compute_client_secret(self):
        self.client_secret = False

    def _inverse_client_secret(self):
        for connection in self.filtered("client_secret"):
            may_make_key = self.env["keeping.exact.grant"]._nothing_encrypted()
            self.env["keeping.exact.grant"]._check_encryption_key()
            encrypted = encryption.encrypt(connection.client_secret.strip(), may_make_key)
            connection.sudo().client_secret_pending = encrypted
            connection.client_secret = False

    @api.depends("client_secret_pending", "grant_id")
    def _compute_has_client_secret(self):
        for connection in self:
            connection_sudo = connection.sudo()
            connection.has_client_secret = bool(
                connection_sudo.client_secret_pending or connection_sudo.grant_id
            )

    @api.depends("grant_id.refresh_expires_at")
    def _compute_refresh_expires_at(self):
        for connection in self:
            connection.refresh_expires_at = connection.sudo().grant_id.refresh_expires_at

    @api.depends("health_code", "health_text", "is_copied")
    @api.depends_context("lang")
    def _compute_health_message(self):
        for connection in self:
            code, text = connection.health_code, connection.health_text
            code = "copied_database" if connection.is_copied else code
            connection.health_message = messages.explain_health(self.env, code, text) or False

    @api.depends("site", "client_id", "grant_id")
    def _compute_other_databases(self):
        for connection in self:
            connection.other_databases = ", ".join(connection._get_other_databases()) or False

    @api.depends("site")
    def _compute_redirect_uri(self):
        base_url = self.env["ir.config_parameter"].sudo().get_param("web.base.url") or ""
        for connection in self:
            connection.redirect_uri = urls.urljoin(base_url, CALLBACK_PATH)
            connection.redirect_problem = connection._get_redirect_problem()

    @api.depends("site")
    def _compute_has_server_app(self):
        """Tell whether the hosting partner has an app: then there is none to register."""
        for connection in self:
            site = connection.site
            connection.has_server_app = bool(site and get_setting(f"client_id_{site}"))

    @api.depends("administration_ids.state")
    def _compute_administration_count(self):
        for connection in self:
            administrations = connection.administration_ids
            linked = administrations.filtered(lambda a: a.state == "linked")
            connection.administration_count = len(administrations)
            connection.linked_count = len(linked)

    def _get_redirect_problem(self):
        """Exact takes only https. A stand-in on this very machine may do without."""
        redirect, exact = urlsplit(self.redirect_uri), urlsplit(self._get_site_url(self.site))
        if redirect.scheme == "https":
            return False
        if redirect.hostname in LOOPBACK and exact.hostname in LOOPBACK:
            return False
        return self.env._(
            "Exact Online only returns to an address that starts with https. Set the address of "
            "this Odoo (web.base.url) to its https address first; now it is %s.",
            self.redirect_uri,
        )

    # ------------------------------------------------------------------ CRUD

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            check_editable(self, vals, EDITABLE)
        if self.env.su:
            return super().create(vals_list)
        # A default in the context must not give a new connection a state either.
        return super().create([{**vals, "state": "draft"} for vals in vals_list])

    def write(self, vals):
        check_editable(self, vals, EDITABLE)
        identity = {"company_id", "site", "client_id"} & set(vals)
        if identity and not self.env.su:
            self._check_may_change_identity(vals)
            # A question that is on its way through Exact was asked for what it was before.
            self.sudo().consent_nonce = False
        return super().write(vals)

    def _check_may_change_identity(self, vals):
        for connection in self:
            if not connection.sudo().grant_id and not connection.sudo().administration_ids:
                continue
            site = vals.get("site", connection.site)
            company = vals.get("company_id", connection.company_id.id)
            if site != connection.site or company != connection.company_id.id:
                raise UserError(
                    self.env._(
                        "This connection is in use for %s. Add a new connection for another "
                        "organisation or another Exact Online.",
                        connection.name,
                    )
                )

    def unlink(self):
        grants = self.sudo().grant_id
        result = super().unlink()
        grants.filtered(lambda grant: not grant.connection_ids).unlink()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_linked(self):
        if self.sudo().administration_ids.filtered(lambda a: a.state == "linked"):
            raise UserError(
                self.env._("Unlink the administrations of this connection before you delete it.")
            )

    # ------------------------------------------------------------------ actions

    def action_disconnect(self):
        """Forget the tokens; administrations, links and hours stay."""
        check_administrator(self, also_off=True)
        for connection in self.sudo():
            grant = connection.grant_id
            # A neutralised copy stays one: what it says about connecting holds all the same.
            code = connection.health_code == "neutralized" and "neutralized"
            connection.write(
                {
                    "grant_id": False,
                    "state": "disconnected",
                    "health_code": code,
                    "consent_nonce": False,
                }
            )
            # Exact knows no call to revoke (API reference, chapter 1.6): dropping is all.
            if grant and not grant.connection_ids:
                grant.unlink()

    def action_confirm_database(self):
        """Say that this is the real database, not a copy of it; for all of its connections.

        Exact takes no part: the other database goes on until somebody disconnects it there.
        """
        check_administrator(self, also_off=True)
        grants_sudo = self.env["keeping.exact.grant"].sudo()._get_of_other_database()
        grants_sudo._claim()
        connections_sudo = grants_sudo.connection_ids
        self.env["keeping.exact.operation"].sudo()._resume(connections_sudo)
        for connection in connections_sudo:
            connection._message_log(body=self.env._("Confirmed: this is the real database."))
        return True

    def action_refresh_administrations(self):
        """Read from Exact which administrations the user allowed.

        :raise UserError: Exact could not be read; the message says why
        """
        self.ensure_one()
        check_administrator(self)
        with self._user_errors():
            self._read_administrations()

    def action_check(self):
        """Ask Exact who we are, say whether that worked, and check what is linked."""
        self.ensure_one()
        check_administrator(self)
        with self._user_errors():
            with self._get_client() as client:
                me = client.me()
                self.sudo().administration_ids.filtered("closed_code")._check_open(client)
            linked = self.administration_ids.filtered(lambda a: a.state == "linked")
            store_checks = linked._check_several()
        was_working = self.state == "connected"
        self.sudo()._set_connected(me)
        store_checks()
        if not was_working:
            self._resume_work()
