import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from .. import exact_online
from ..checking import gathering, periods, rules
from ..checking.asking import (
    ACCOUNTS,
    ITEM_GROUPS,
    JOURNALS,
    PAYMENT_CONDITIONS,
    PERIODS,
    VAT_CODES,
    Asker,
)
from ..checking.facts import NOT_ASKED, Chosen, Facts
from ..tools import messages
from ..tools.guards import check_administrator
from .keeping_exact_check import STATES
from .keeping_exact_journal import SALES

_logger = logging.getLogger(__name__)

# More of them in one click would keep the person waiting; the others follow in the background.
CHECKED_AT_ONCE = 5
# Once a day, with the reading of the lists, whose hour moves a little.
CHECK_PAUSE = timedelta(hours=20)
# The short lists: model, address, and the fact that holds its rows.
LISTS = (
    ("keeping.exact.journal", JOURNALS, "journals"),
    ("keeping.exact.vat.code", VAT_CODES, "vat_codes"),
    ("keeping.exact.payment.condition", PAYMENT_CONDITIONS, "payment_conditions"),
)
NOT_SHOWN = ("unread", "right_view_accounts_missing")
# What other checks read, where reading without the right may count as an error.
READ_BY = {
    "right_view_accounts": ACCOUNTS,
    "fiscal_year": PERIODS,
    "item_group": ITEM_GROUPS,
}


class KeepingExactAdministrationChecks(models.Model):
    """The checks of an administration, and the short lists that are read along with them."""

    _inherit = "keeping.exact.administration"

    check_ids = fields.One2many(
        "keeping.exact.check", "administration_id", string="Checks", readonly=True, copy=False
    )
    check_state = fields.Selection(
        STATES,
        string="Checks are",
        compute="_compute_check_state",
        store=True,
        compute_sudo=True,
        tracking=True,
    )
    check_summary = fields.Text(compute="_compute_check_summary", compute_sudo=True)
    checked_at = fields.Datetime(string="Checked on", readonly=True, copy=False)
    check_at = fields.Datetime(string="Next check", readonly=True, copy=False)
    journals_unread = fields.Boolean(readonly=True, copy=False, export_string_translation=False)
    vat_codes_unread = fields.Boolean(readonly=True, copy=False, export_string_translation=False)
    payment_conditions_unread = fields.Boolean(
        readonly=True, copy=False, export_string_translation=False
    )
    period_ids = fields.One2many(
        "keeping.exact.period", "administration_id", string="Financial periods", readonly=True
    )

    # ------------------------------------------------------------------ compute

    @api.depends("check_ids.state")
    def _compute_check_state(self):
        """The worst; what Exact does not show is no fault as long as something is in order."""
        for administration in self:
            states = set(administration.check_ids.mapped("state"))
            worst = ("blocked", "warning", "ok")
            administration.check_state = next((s for s in worst if s in states), "unknown")

    @api.depends("check_ids.state", "check_ids.message_code", "check_ids.params")
    @api.depends_context("lang")
    def _compute_check_summary(self):
        for administration in self:
            blocked = administration.check_ids.filtered(lambda check: check.state == "blocked")
            administration.check_summary = "\n".join(blocked.mapped("message")) or False

    # ------------------------------------------------------------------ actions

    def action_check(self):
        """Ask Exact whether all is in order for invoicing, and show what is not.

        :raise UserError: Exact could not be asked; what was known stays
        """
        check_administrator(self)
        found = {}
        for administration in self:
            with administration.connection_id._user_errors():
                found[administration] = administration._gather()
        for administration, facts in found.items():
            administration.sudo()._keep_lists(facts)
            administration.sudo()._store_checks(facts)
        return True

    # ------------------------------------------------------------------ facts

    def _get_chosen(self):
        """Return what is chosen here, for the checks to look for in Exact."""
        self.ensure_one()
        administration = self.sudo()
        item = administration.item_id
        return Chosen(
            division=administration.code,
            today=fields.Date.context_today(administration),
            journal=administration.journal_id.code or "",
            vat_code=administration.vat_code_id.code or "",
            payment_condition=administration.payment_condition_id.code or "",
            item=item.display_name or "",
            item_guid=item.guid or "",
        )

    def _gather(self, divisions=None):
        """Ask Exact all that the checks need. Nothing is written.

        :param Answer divisions: what another administration of the same connection was told
        :return: checking.facts.Facts
        :raise exact_online.ExactError: Exact cannot be asked now
        """
        self.ensure_one()
        facts = Facts(divisions=divisions) if divisions else Facts()
        with self._get_client() as client:
            self._gather_lists(client, facts)
            self._gather_rights(client, facts)
        return facts

    def _gather_lists(self, client, facts):
        selects = {endpoint: self.env[model]._get_select() for model, endpoint, _name in LISTS}
        gathering.gather_lists(self._get_asker(client, facts), facts, self._get_chosen(), selects)

    def _gather_rights(self, client, facts):
        gathering.gather_rights(self._get_asker(client, facts), facts, self._get_chosen())

    def _get_asker(self, client, facts):
        """Return what asks Exact, wary of what it did not show last time."""
        doubtful = {
            READ_BY[check.code]
            for check in self.sudo().check_ids
            if check.code in READ_BY and check.message_code in NOT_SHOWN
        }
        unread = {
            endpoint for model, endpoint, _name in LISTS if self[self.env[model]._unread_field]
        }
        return Asker(client, facts, doubtful | unread)

    def _read_lists(self, client, facts):
        """Read the short lists and keep them.

        A list that is not shown to this user stops nothing; see the checks.

        :raise exact_online.NoRight: the administration as a whole may not be opened
        """
        self.ensure_one()
        self._gather_lists(client, facts)
        if facts.closed_by:
            raise facts.closed_by
        if not rules.may_call(facts, self._get_chosen()):
            result = rules.division_access(facts, self._get_chosen())
            text = messages.explain_check(self.env, result.message, result.params).text
            raise exact_online.NoRight(text, cause="division")
        self._keep_lists(facts)

    def _keep_lists(self, facts):
        """Store the lists that were read, and which of them Exact does not show."""
        self.ensure_one()
        for model, _endpoint, name in LISTS:
            answer = getattr(facts, name)
            if answer.refusal == NOT_ASKED:
                continue
            self.env[model]._keep_list(self, answer.rows)
            unread_field = self.env[model]._unread_field
            if self[unread_field] == bool(answer.rows):
                self[unread_field] = not answer.rows
        found = periods.from_exact(facts.periods.rows, facts.closed_periods.rows)
        self.env["keeping.exact.period"]._keep(self, found)

    def _fill_defaults(self, facts=None):
        """Choose what is left open, as Exact would.

        Journal: the only one for sales, else that of the latest invoice. VAT code: the standard
        rate; it is shown on each draft, and only used where neither customer nor item has one.
        The payment condition stays open: then Exact's own default holds, which no call shows.

        :param Facts facts: with the latest invoice, when it was asked for
        """
        self.ensure_one()
        administration = self.sudo()
        mine = [("administration_id", "=", self.id), ("blocked", "=", False)]
        if not administration.journal_id:
            administration.journal_id = administration._find_journal(facts)
        if not administration.vat_code_id:
            domain = [*mine, ("type", "=", "E"), ("transaction_type", "in", ("B", "S"))]
            codes = self.env["keeping.exact.vat.code"].sudo()
            administration.vat_code_id = codes.search(
                domain, order="percentage desc, code", limit=1
            )

    def _find_journal(self, facts):
        Journal = self.env["keeping.exact.journal"].sudo()
        mine = [("administration_id", "=", self.id), ("blocked", "=", False), ("type", "=", SALES)]
        journals = Journal.search(mine)
        if len(journals) == 1:
            return journals
        code = facts and rules.latest_journal(facts)
        if code and self.journals_unread:
            # Exact itself has told the code, though it does not show the list.
            return Journal._get_typed(self, code)
        return journals.filtered(lambda journal: journal.code == code)

    # ------------------------------------------------------------------ results

    def _store_checks(self, facts):
        """Turn facts into results and keep them, with the item groups that were read for them."""
        self.ensure_one()
        self.env["keeping.exact.item.group"]._keep_list(self, facts.item_groups.rows)
        self.env["keeping.exact.check"]._store(self, rules.run(facts, self._get_chosen()))
        now = fields.Datetime.now()
        self.write({"checked_at": now, "check_at": now + CHECK_PAUSE})

    def _check_accessible(self, facts):
        """Refuse to link what neither app nor user may open.

        :raise UserError: with what to do about it
        """
        self.ensure_one()
        result = rules.division_access(facts, self._get_chosen())
        if result.state == "blocked":
            found = messages.explain_check(self.env, result.message, result.params)
            raise UserError("\n\n".join(filter(None, found[:2])))

    def _check_several(self):
        """Check administrations of one connection; one whose limit is reached stops no other.

        :return: a function that stores the results, to be called when all calls are done
        """
        found, divisions = {}, None
        for administration in self[:CHECKED_AT_ONCE]:
            try:
                facts = administration._gather(divisions)
            except exact_online.LimitReached as error:
                _logger.info("Administration %s was not checked: %s", administration.code, error)
                continue
            if not facts.divisions.refusal:
                divisions = facts.divisions
            found[administration.sudo()] = facts

        def store():
            for administration, facts in found.items():
                administration._keep_lists(facts)
                administration._store_checks(facts)
            if self[CHECKED_AT_ONCE:]:
                self[CHECKED_AT_ONCE:].action_sync()

        return store

    # ------------------------------------------------------------------ periods

    def _check_period(self, date):
        """Tell why Exact would refuse an invoice of this date, as far as is known here.

        :param date: the date of the invoice; today without one
        :return: a sentence, or False; no call is made
        """
        self.ensure_one()
        administration = self.sudo()
        known = [period._to_period() for period in administration.period_ids]
        day = date or fields.Date.context_today(self)
        if administration.journal_id:
            journals = {administration.journal_id.code}
        else:
            domain = [("administration_id", "=", self.id), ("type", "=", SALES)]
            domain += [("blocked", "=", False)]
            journals = set(self.env["keeping.exact.journal"].sudo().search(domain).mapped("code"))
        problem = periods.find_problem(known, day, journals)
        if not problem:
            return False
        code, params = problem
        return messages.explain_check(self.env, code, params).text

    # ------------------------------------------------------------------ cron

    @api.model
    def _check_in_own_cursor(self, administration_id, facts):
        """Check after the daily reading, once a day; whatever goes wrong here stops nothing.

        :param Facts facts: what the reading has found already
        """
        try:
            with self.env.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                administration = env[self._name].browse(administration_id)
                if administration.check_at and administration.check_at > fields.Datetime.now():
                    return
                administration._check_with(facts)
        except exact_online.ExactError as error:
            _logger.info("Administration %s was not checked: %s", administration_id, error)
        except Exception:
            _logger.exception("Administration %s was not checked", administration_id)

    def _check_with(self, facts):
        self.ensure_one()
        with self._get_client() as client:
            self._gather_rights(client, facts)
        self._store_checks(facts)
