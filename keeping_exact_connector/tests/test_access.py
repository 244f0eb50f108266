from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .access_case import AccessCase
from .made_records import MadeRecords

MODELS = {
    # model: {group: rights}, of c(reate), r(ead), w(rite), d(elete)
    "keeping.exact.grant": {},
    "keeping.exact.connection": {"administrator": "crwd"},
    "keeping.exact.administration": {
        "user": "r",
        "invoicing": "r",
        "processing": "r",
        "administrator": "rwd",
    },
    "keeping.exact.customer": {"invoicing": "r", "processing": "r", "administrator": "rw"},
    "keeping.exact.item": {"invoicing": "r", "processing": "r", "administrator": "r"},
    # To type a code, see keeping.exact.typed.
    "keeping.exact.journal": {"invoicing": "r", "processing": "r", "administrator": "cr"},
    "keeping.exact.vat.code": {"invoicing": "r", "processing": "r", "administrator": "cr"},
    "keeping.exact.payment.condition": {
        "invoicing": "r",
        "processing": "r",
        "administrator": "cr",
    },
    "keeping.exact.check": {"invoicing": "r", "processing": "r", "administrator": "r"},
    "keeping.exact.period": {"invoicing": "r", "processing": "r", "administrator": "r"},
    "keeping.exact.cost.centre": {"invoicing": "r", "processing": "r", "administrator": "r"},
    "keeping.exact.cost.unit": {"invoicing": "r", "processing": "r", "administrator": "r"},
    "keeping.exact.unit": {"invoicing": "r", "processing": "r", "administrator": "r"},
    "keeping.exact.item.group": {"invoicing": "r", "processing": "r", "administrator": "r"},
    "keeping.exact.ledger": {"invoicing": "r", "processing": "r", "administrator": "r"},
    # Of the administrator's own hours there are none on this link, so it is not for them.
    "keeping.exact.invoice": {"user": "r", "invoicing": "rwd", "processing": "rwd"},
    "keeping.exact.invoice.line": {"invoicing": "crwd", "processing": "crwd"},
    "keeping.exact.hour": {"user": "r", "invoicing": "r", "processing": "r"},
    "keeping.exact.rate": {"invoicing": "crwd", "processing": "crwd", "administrator": "crwd"},
    "keeping.exact.exclusion": {
        "user": "r",
        "invoicing": "rd",
        "processing": "rd",
        "administrator": "r",
    },
    "keeping.exact.operation": {"administrator": "r"},
    "keeping.exact.call": {"administrator": "r"},
    "keeping.exact.limit": {},
    "keeping.exact.invoice.create": {"invoicing": "crwd", "processing": "crwd"},
    "keeping.exact.invoice.link": {"invoicing": "crwd", "processing": "crwd"},
    "keeping.exact.invoice.link.row": {"invoicing": "r", "processing": "r"},
    "keeping.exact.invoice.link.line": {"invoicing": "r", "processing": "r"},
    "keeping.exact.invoice.link.group": {"invoicing": "rw", "processing": "rw"},
    "keeping.exact.adjust": {"invoicing": "rw", "processing": "rw"},
    "keeping.exact.adjust.line": {"invoicing": "rw", "processing": "rw"},
    "keeping.exact.line.change": {"invoicing": "r", "processing": "r"},
    "keeping.exact.disconnect": {"administrator": "crwd"},
    "keeping.exact.use.connection": {"administrator": "crwd"},
    "keeping.exact.unbilled": {"invoicing": "r", "processing": "r"},
    "keeping.exact.mapping": {"invoicing": "rw", "processing": "rw", "administrator": "rw"},
    "keeping.exact.unbilled.as.of": {"invoicing": "crwd", "processing": "crwd"},
    "keeping.exact.cover": {"invoicing": "crwd", "processing": "crwd"},
    "keeping.exact.never.bill": {"invoicing": "crwd", "processing": "crwd"},
    "keeping.exact.processing": {"invoicing": "r", "processing": "r"},
    "keeping.exact.document": {"invoicing": "r", "processing": "r"},
    "keeping.exact.document.attachment": {"invoicing": "r", "processing": "r"},
    "keeping.exact.document.link": {"invoicing": "r", "processing": "r"},
    "keeping.exact.process": {"processing": "crwd"},
    "keeping.exact.process.line": {"processing": "rd"},
    "keeping.exact.run": {"invoicing": "r", "processing": "r"},
    "keeping.exact.deletion": {"invoicing": "r", "processing": "r"},
    "keeping.exact.correction": {"invoicing": "r", "processing": "r"},
    "keeping.exact.correction.open": {"invoicing": "r", "processing": "r"},
    "keeping.exact.correct": {"invoicing": "crwd", "processing": "crwd"},
    "keeping.exact.waive": {"invoicing": "crwd", "processing": "crwd"},
    "keeping.exact.release": {"invoicing": "crwd", "processing": "crwd"},
    "keeping.exact.release.line": {"invoicing": "r", "processing": "r"},
    "keeping.exact.credit": {"invoicing": "r", "processing": "r"},
    "keeping.exact.credit.line": {"invoicing": "r", "processing": "r"},
    "keeping.exact.credit.find": {"invoicing": "rd", "processing": "rd"},
    "keeping.exact.credit.candidate": {"invoicing": "rd", "processing": "rd"},
    "keeping.exact.credit.choice": {"invoicing": "rwd", "processing": "rwd"},
    "keeping.exact.credit.choice.line": {"invoicing": "rwd", "processing": "rwd"},
    "keeping.exact.credit.choice.hour": {"invoicing": "rwd", "processing": "rwd"},
    # What these do asks for the right to invoice too.
    "keeping.exact.export": {"administrator": "r"},
    "keeping.exact.move": {"administrator": "crwd"},
    "keeping.exact.import": {"administrator": "crwd"},
    "keeping.exact.import.row": {"administrator": "r"},
    "keeping.exact.import.hour": {"administrator": "r"},
}
RIGHTS = {"c": "create", "r": "read", "w": "write", "d": "unlink"}


@tagged("post_install", "-at_install")
class TestAccess(MadeRecords, AccessCase):
    def _records(self):
        invoice = self._preview().sudo()
        invoice.customer_id = self._make_customer("Klant")
        invoice._queue()
        values = {"administration_id": self.administration.id, "name": "x", "guid": "x"}
        made = {
            model: self.env[model].sudo().create(values)
            for model in (
                "keeping.exact.journal",
                "keeping.exact.vat.code",
                "keeping.exact.payment.condition",
                "keeping.exact.cost.centre",
                "keeping.exact.cost.unit",
                "keeping.exact.unit",
                "keeping.exact.item.group",
                "keeping.exact.ledger",
            )
        }
        grant = (
            self.env["keeping.exact.grant"]
            .sudo()
            .create({"site": "nl", "client_id": "x", "exact_user": "x", "access_token": "x"})
        )
        self.administration.connection_id.sudo().grant_id = grant
        limit = {"site": "nl", "client_id": "x", "code": 1}
        call = {"called_at": "2026-10-12", "company_id": self.company.id}
        mine = {"administration_id": self.administration.id}
        dates = {"date_from": "2026-10-01", "date_to": "2026-10-31"}
        process = self.env["keeping.exact.process"].with_user(self.processor).sudo()
        process = process.create({"line_ids": [Command.create({"invoice_id": invoice.id})]})
        document = self.env["keeping.exact.document"].sudo()._plan_for(invoice)
        release = self.env["keeping.exact.release"].with_user(self.invoicer).sudo()
        release = release.create(
            {"line_ids": [Command.create({"invoice_id": invoice.id, "kind": "free"})]}
        )
        return {
            **self._make_corrections(invoice),
            "keeping.exact.deletion": self.env["keeping.exact.deletion"]
            .sudo()
            .create({"invoice_id": invoice.id}),
            "keeping.exact.release": release,
            "keeping.exact.release.line": release.line_ids,
            **made,
            **self._make_credits(invoice),
            **{step._name: step for step in document._get_steps()},
            "keeping.exact.check": self.env["keeping.exact.check"]
            .sudo()
            .create({**mine, "code": "journal"}),
            "keeping.exact.period": self.env["keeping.exact.period"]
            .sudo()
            .create({**mine, **dates, "year": 2026, "number": 10}),
            "keeping.exact.limit": self.env["keeping.exact.limit"].sudo().create(limit),
            "keeping.exact.call": self.env["keeping.exact.call"].sudo().create(call),
            "keeping.exact.grant": grant,
            "keeping.exact.connection": self.administration.connection_id,
            "keeping.exact.administration": self.administration,
            "keeping.exact.customer": invoice.customer_id,
            "keeping.exact.item": self.administration.item_id,
            "keeping.exact.invoice": invoice,
            "keeping.exact.invoice.line": invoice.line_ids,
            "keeping.exact.hour": invoice.hour_ids.filtered(lambda h: h.user_id == self.viewer),
            "keeping.exact.exclusion": self._exclude(self._make_hours(1)),
            "keeping.exact.rate": self.env["keeping.exact.rate"].create(
                {"company_id": self.company.id, "hourly_rate": 90}
            ),
            "keeping.exact.operation": self.env["keeping.exact.operation"]
            .sudo()
            ._get_open(invoice),
            "keeping.exact.invoice.create": self._wizard(),
            **self._make_link_records(invoice),
            **self._make_move_records(),
            "keeping.exact.disconnect": self.env["keeping.exact.disconnect"]
            .with_user(self.administrator)
            .create({"connection_id": self.administration.connection_id.id}),
            "keeping.exact.use.connection": self._make_use_connection(),
            "keeping.exact.unbilled": self.env["keeping.exact.unbilled"].browse(
                self._make_hours(1).id
            ),
            "keeping.exact.mapping": self.env["keeping.exact.mapping"].search(
                [("partner_id", "=", self.customer.id)]
            ),
            "keeping.exact.unbilled.as.of": self.env["keeping.exact.unbilled.as.of"]
            .with_user(self.invoicer)
            .create({}),
            "keeping.exact.cover": self.env["keeping.exact.cover"]
            .with_user(self.invoicer)
            .create({}),
            "keeping.exact.processing": self.env["keeping.exact.processing"]
            .sudo()
            .create({"invoice_id": invoice.id, "way": "book"}),
            "keeping.exact.process": process,
            "keeping.exact.process.line": process.line_ids,
            "keeping.exact.run": invoice._start_run(),
            "keeping.exact.never.bill": self.env["keeping.exact.never.bill"]
            .with_user(self.invoicer)
            .create({}),
        }

    def _exclude(self, hours):
        Exclusion = self.env["keeping.exact.exclusion"].sudo()
        Exclusion._exclude(hours, "Goodwill")
        return Exclusion.search([("timesheet_id", "=", hours.id)])

    def _make_use_connection(self):
        Wizard = self.env["keeping.exact.use.connection"].with_user(self.administrator)
        return Wizard.with_company(self.company).create(
            {
                "administration_id": self.administration.id,
                "connection_id": self.administration.connection_id.id,
            }
        )

    def test_every_model_for_every_group(self):
        for model, record in self._records().items():
            for group, user in self.by_group.items():
                expected = MODELS[model].get(group, "")
                if record._transient and user != record.create_uid:
                    # Transient records are for who made them only.
                    record = self.env[model]
                mine = record.with_user(user).with_company(self.company)
                found = "".join(
                    letter for letter, operation in RIGHTS.items() if mine.has_access(operation)
                )
                with self.subTest(model=model, group=group):
                    self.assertEqual(sorted(found), sorted(expected))

    def test_no_model_is_left_out_of_this_test(self):
        concrete = {
            name
            for name, model in self.env.registry.items()
            if name.startswith("keeping.exact.") and not model._abstract
        }
        self.assertEqual(concrete, set(MODELS))

    def test_another_organisation_sees_and_changes_nothing(self):
        for model, record in self._records().items():
            if model in ("keeping.exact.grant", "keeping.exact.limit") or record._transient:
                continue
            theirs = record.with_user(self.outsider).with_context(
                allowed_company_ids=self.other_company.ids
            )
            with self.subTest(model=model):
                self.assertFalse(theirs.has_access("read"))
                if theirs.browse().has_access("read"):
                    self.assertFalse(theirs.search([("id", "in", record.ids)]))

    def test_another_organisation_cannot_act(self):
        invoice = self._preview()
        theirs = invoice.with_user(self.outsider).with_company(self.other_company)
        for action in (
            "action_send",
            "action_retry",
            "action_release",
            "action_ask_release",
            "action_confirm_removed",
            "action_refresh",
            "action_use_proposal",
            "action_new_customer",
            "action_process",
        ):
            with self.subTest(action=action), self.assertRaises(AccessError):
                getattr(theirs, action)()
        self.assertEqual(invoice.state, "draft")

    def test_hours_of_another_organisation_cannot_be_billed(self):
        own = self._make_administration(self.other_company, 100002)
        wizard = self._wizard(self.outsider, administration_id=own.id)
        wizard.sudo().timesheet_ids = self.hours
        with self.assertRaises(Exception) as caught:
            wizard.action_preview()
        self.assertNotIn("NotNull", str(caught.exception))
        self.assertFalse(self.hours.sudo().keeping_exact_hour_ids)

    def test_the_reservation_itself_refuses_hours_of_another_organisation(self):
        own = self._make_administration(self.other_company, 100002)
        invoice = (
            self.env["keeping.exact.invoice"]
            .sudo()
            .create(
                {
                    "administration_id": own.id,
                    "partner_id": self.customer.id,
                    "currency_id": self.euro.id,
                    "line_ids": [Command.create({"name": "x"})],
                }
            )
        )
        values = {"hours": 1, "billed": 1, "rate": 1, "amount": 1, "source": "invoice"}
        pairs = [
            {"timesheet": hour.id, "line": invoice.line_ids.id, **values} for hour in self.hours
        ]
        with self.assertRaisesRegex(Exception, "another organisation"):
            self.env["keeping.exact.hour"].sudo()._reserve(own, pairs)

    def test_actions_of_the_administrator_are_refused_to_others(self):
        connection = self.administration.connection_id
        for user in (self.viewer, self.processor, self.timesheeter, self.portal, self.public):
            for record, actions in (
                (
                    connection,
                    (
                        "action_connect",
                        "action_disconnect",
                        "action_check",
                        "action_confirm_database",
                        "action_refresh_administrations",
                    ),
                ),
                (
                    self.administration,
                    (
                        "action_link",
                        "action_unlink",
                        "action_sync",
                        "action_check",
                        "action_go_on",
                    ),
                ),
            ):
                for action in actions:
                    with (
                        self.subTest(user=user.login, action=action),
                        self.assertRaises(AccessError),
                    ):
                        getattr(record.with_user(user), action)()

    def test_processing_is_refused_to_others(self):
        invoice = self._preview()
        for user in (
            self.viewer,
            self.invoicer,
            self.administrator,
            self.timesheeter,
            self.portal,
            self.public,
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                invoice.with_user(user).action_process()

    def test_invoicing_is_refused_to_others(self):
        invoice = self._preview()
        for user in (self.viewer, self.administrator, self.timesheeter, self.portal, self.public):
            for action in (
                "action_send",
                "action_retry",
                "action_release",
                "action_ask_release",
                "action_confirm_removed",
                "action_refresh",
            ):
                with self.subTest(user=user.login, action=action), self.assertRaises(AccessError):
                    getattr(invoice.with_user(user), action)()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.hours.with_user(user).action_keeping_exact_create_invoice()
