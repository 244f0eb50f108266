from datetime import date
from unittest.mock import ANY

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from exact_sandbox.person import Person

from ..checking import rules
from ..models.keeping_exact_check import CODES
from .checks_case import ChecksCase

ALL = [code for code, _name in CODES]
SIX = {
    "right_enter_invoices": "sales.enter",
    "right_process_invoices": "sales.process",
    "right_manage_items": "items.manage",
    "right_view_items": "items.view",
    "right_manage_accounts": "accounts.manage",
    "right_view_accounts": "accounts.view",
}
# What cannot be known while another check is red, and says so.
DEPENDENT = {
    # An administration that is not open is not called into.
    "division_access": dict.fromkeys(ALL[1:], "unknown"),
    # The list of the scope that is taken away.
    "app_scopes": {"payment_condition": "unknown"},
    # Who sees no items sees neither the hours item nor the groups.
    "right_view_items": {"hours_item": "unknown", "item_group": "unknown"},
    # Without hours item and group none can be made.
    "item_group": {"hours_item": "warning"},
}
CALLS = 14


@tagged("post_install", "-at_install")
class TestChecks(ChecksCase):
    sides = {"view_right": "own", "set_up_reading": "anyone"}

    # What breaks a check, and what mends it

    def _break_division_access(self, broken):
        """As under My Exact Online > Permissions for my apps > Manage administrations."""
        person = Person(self.sandbox.url, self.login, self.sandbox.password)
        _status, page, _redirect = person.visit("/docs/MyExactOnline.aspx")
        numbers = [1204377] if broken else [1204377, self.administration.code]
        person.submit(page, "divisions", divisions=numbers, answer="save")

    def _break_app_scopes(self, broken):
        self.sandbox.control("POST", "scopes", {"Financial cashflow": None if broken else "manage"})

    def _break_fiscal_year(self, broken):
        self._control("periods", year=date.today().year, exists=not broken)

    def _break_item_group(self, broken):
        self.administration.item_id = False
        body = {
            "code": self.administration.code,
            "default_item_group": None if broken else "DIENST",
        }
        self.sandbox.control("POST", "administrations", body)
        if not broken:
            self._choose_item()

    def _break_journal(self, broken):
        self._change("financial/Journals", {"Code": "70"}, IsBlocked=broken)

    def _break_vat_code(self, broken):
        code = self.administration.vat_code_id.code
        self._change("vat/VATCodes", {"Code": code}, IsBlocked=broken)

    def _break_payment_condition(self, broken):
        if broken:
            path = f"rows/{self.administration.code}/cashflow/PaymentConditions"
            self.sandbox.control("DELETE", path, {"where": {"Code": "14"}})
        else:
            self._choose_payment_condition("30")

    def _break_hours_item(self, broken):
        self._change("logistics/Items", {"Code": "UREN"}, IsFractionAllowedItem=not broken)

    def _choose_payment_condition(self, code):
        Condition = self.env["keeping.exact.payment.condition"]
        domain = [("administration_id", "=", self.administration.id), ("code", "=", code)]
        self.administration.payment_condition_id = Condition.search(domain)
        self.assertTrue(self.administration.payment_condition_id)

    def _breaks(self):
        for code in ALL:
            if code in SIX:
                yield code, lambda broken, code=code: self._rights(SIX[code] if broken else None)
            else:
                yield code, getattr(self, f"_break_{code}")

    def test_each_check_turns_red_alone_and_green_by_its_remedy(self):
        self._link()
        self._choose_item()
        self._choose_payment_condition("14")
        green = dict.fromkeys(ALL, "ok")
        self.assertEqual(self._check(), green)
        self.assertEqual(self.administration.check_state, "ok")
        for code, set_broken in self._breaks():
            with self.subTest(check=code):
                self.sandbox.clear_errors()
                self.sandbox.clear_calls()
                set_broken(True)
                expected = {**green, code: "blocked", **DEPENDENT.get(code, {})}
                self.assertEqual(self._check(), expected)
                self.assertEqual(self.administration.check_state, "blocked")
                check = self._get(code)
                self.assertIn(check.message, self.administration.check_summary)
                self.assertTrue(check.remedy)
                calls = [c for c in self.sandbox.calls() if "/api/v1/" in c["path"]]
                self.assertLessEqual(len(calls), CALLS + 1)
                errors = {"cashflow/PaymentConditions": 1} if code == "app_scopes" else {}
                self.assertEqual(self._errors(), errors)
                set_broken(False)
                self.assertEqual(self._check(), green)
                self.assertEqual(self.administration.check_state, "ok")

    def test_the_step_of_a_new_organisation_makes_the_checks_and_shows_them(self):
        self._link()
        self.addCleanup(self._break_journal, False)
        self._break_journal(True)
        company = self.company.with_user(self.administrator).with_company(self.company)
        with self._committing():
            action = company.action_keeping_exact_step("check")
        self.assertEqual(action["res_id"], self.administration.id)
        self.assertEqual(self._get("journal").state, "blocked", "looked at just now")

    def test_other_ways_to_be_red_say_what_is_wrong(self):
        self._link()
        self._choose_item()
        year = date.today().year
        cases = (
            ("fiscal_year", "period_shut", self._set_period, "Financial > Periods"),
            (
                "journal",
                "journal_no_sales",
                self._set("financial/Journals", "70", Type=(90, 20)),
                "",
            ),
            ("vat_code", "vat_is_included", self._set("vat/VATCodes", "4", Type=("I", "E")), ""),
            (
                "vat_code",
                "vat_purchase",
                self._set("vat/VATCodes", "4", VATTransactionType=("P", "B")),
                "",
            ),
            (
                "hours_item",
                "item_no_sales",
                self._set("logistics/Items", "UREN", IsSalesItem=(False, True)),
                "Master data > Items",
            ),
            (
                "hours_item",
                "item_ended",
                self._set("logistics/Items", "UREN", EndDate=(f"{year - 1}-01-01T00:00:00", None)),
                "Master data > Items",
            ),
        )
        for code, message, set_broken, remedy in cases:
            with self.subTest(message=message):
                set_broken(True)
                self.assertEqual(self._check()[code], "blocked")
                self.assertEqual(self._get(code).message_code, message)
                self.assertNotIn("%(", self._get(code).message)
                self.assertIn(remedy, self._get(code).remedy)
                set_broken(False)
                self.assertEqual(self._check()[code], "ok")
        self.assertFalse(self._errors())
        # Works, but look at it.
        self._set("logistics/Items", "UREN", IsStockItem=(True, False))(True)
        self.assertEqual(self._check()["hours_item"], "warning")
        self._set("logistics/Items", "UREN", IsStockItem=(True, False))(False)
        group = self._set("logistics/ItemGroups", "DIENST", GLRevenue=(None, ANY))
        revenue = next(row for row in self._rows("logistics/ItemGroups") if row["Code"] == "DIENST")
        group(True)
        self.assertEqual(self._check()["item_group"], "warning", "an item is chosen")
        self.assertIn("DIENST", self._get("item_group").message)
        self.administration.item_id = False
        self.assertEqual(self._check()["item_group"], "blocked")
        self._change("logistics/ItemGroups", {"Code": "DIENST"}, GLRevenue=revenue["GLRevenue"])
        self.assertEqual(self._check()["item_group"], "ok")

    def _set_period(self, broken):
        today = date.today()
        self._control(
            "periods", year=today.year, period=today.month, journal="70", closed=bool(broken)
        )

    def _set(self, path, code, **pairs):
        def set_broken(broken):
            values = {name: pair[0] if broken else pair[1] for name, pair in pairs.items()}
            self._change(path, {"Code": code}, **values)

        return set_broken

    def test_right_grant_scope_and_licence_are_told_apart(self):
        self._link()
        self._choose_item()
        self.addCleanup(self._control, "licence")
        modules = ["financial", "items", "relations", "documents"]
        self._control("licence", modules=modules)
        self.sandbox.clear_errors()
        self.assertEqual(self._check()["right_enter_invoices"], "blocked")
        self.assertEqual(self._get("right_enter_invoices").message_code, "licence_module")
        self.assertEqual(self._errors(), {"salesinvoice/SalesInvoices": 1})
        self._control("licence", modules=["invoicing", "relations", "documents", "items"])
        states = self._check()
        lists = ("journal", "vat_code", "fiscal_year", "payment_condition")
        self.assertEqual({states[code] for code in lists}, {"unknown"})
        self.assertEqual(self._get("journal").message_code, "unread_licence")
        self.assertEqual(states["right_enter_invoices"], "ok")
        # What concerns the whole administration costs one error, and nothing else is asked.
        for body, message in (
            ({"expired": "header"}, "licence_expired"),
            ({"expired": "text"}, "licence_expired"),
            ({"blocked": "division"}, "division_blocked"),
            ({"blocked": "customer"}, "licence_blocked"),
        ):
            with self.subTest(message=message, body=body):
                self._control("licence", **body)
                self.sandbox.clear_errors()
                states = self._check()
                self.assertEqual(states["division_access"], "blocked")
                self.assertEqual(self._get("division_access").message_code, message)
                self.assertEqual(set(states.values()), {"blocked", "unknown"})
                self.assertEqual(sum(self._errors().values()), 1)
        self._control("licence")
        self.assertEqual(self._check()["division_access"], "ok")
        # Without the scope for rights nothing is claimed of them, but what a list shows.
        scope = "Organization administration"
        self.addCleanup(self.sandbox.control, "POST", "scopes", {scope: "manage"})
        self.sandbox.control("POST", "scopes", {scope: None})
        self.sandbox.clear_errors()
        states = self._check()
        self.assertEqual(states["app_scopes"], "blocked")
        self.assertIn(scope, self._get("app_scopes").message)
        self.assertEqual(states["division_access"], "unknown")
        self.assertEqual(states["right_enter_invoices"], "unknown")
        self.assertEqual(states["right_view_items"], "ok")
        self.assertEqual(states["journal"], "ok")
        self.assertEqual(self._errors(), {"system/Divisions": 1})

    def test_calls_of_a_run(self):
        self.sandbox.clear_calls()
        self._link()
        self._choose_item()
        self.sandbox.clear_calls()
        self._check()
        paths = [c["path"] for c in self.sandbox.calls() if "/api/v1/" in c["path"]]
        self.assertEqual(len(paths), CALLS, paths)
        # Daily, with the reading: the short lists are not read twice.
        self.administration.check_at = False
        self.administration.sync_at = "2026-01-01"
        self.sandbox.clear_calls()
        with self._committing():
            self.env["keeping.exact.administration"]._cron_sync()
        paths = [c["path"] for c in self.sandbox.calls() if "/api/v1/" in c["path"]]
        more = ("items", "customers", "units", "ledger accounts")
        self.assertEqual(len(paths), CALLS + len(more), more)
        self.assertEqual(sum("Journals" in path for path in paths), 1)
        # Once a day: the next reading asks for the lists alone.
        self.administration.sync_at = "2026-01-01"
        self.sandbox.clear_calls()
        with self._committing():
            self.env["keeping.exact.administration"]._cron_sync()
        paths = [c["path"] for c in self.sandbox.calls() if "/api/v1/" in c["path"]]
        self.assertEqual(len(paths), 6 + len(more))
        # All linked ones of a connection: its administrations are read once.
        self.sandbox.clear_calls()
        before = self.administration.checked_at
        self.administration.checked_at = "2026-01-01"
        with self._committing():
            self.connection.action_check()
        self.assertGreaterEqual(self.administration.checked_at, before)
        paths = [c["path"] for c in self.sandbox.calls() if "/api/v1/" in c["path"]]
        self.assertEqual(len(paths), 1 + CALLS)

    def test_the_daily_check_stops_no_reading_and_keeps_what_was_known(self):
        self._link()
        self._rights(without="accounts.manage")
        self.addCleanup(self._rights)
        self.assertEqual(self._check()["right_manage_accounts"], "blocked")
        self.sandbox.add_fault("status", "GET", "users/UserHasRights", status=503, times=20)
        self.addCleanup(self.sandbox.clear_faults)
        self.administration.write({"check_at": False, "sync_at": "2026-01-01"})
        with self._committing():
            self.env["keeping.exact.administration"]._cron_sync()
        self.assertFalse(self.administration.sync_message)
        self.assertTrue(self.administration.synced_at)
        self.assertEqual(self._get("right_manage_accounts").state, "blocked")
        with self.assertRaises(UserError):
            self.administration.action_check()

    def test_an_administration_that_is_closed_is_not_called_into(self):
        self._link()
        self.sandbox.change_user(self.login, divisions=[1204377])
        self.addCleanup(self.sandbox.change_user, self.login, divisions=[241806, 1204377])
        self.sandbox.clear_calls()
        self._check()
        self.administration.sync_at = "2026-01-01"
        with self._committing():
            self.env["keeping.exact.administration"]._cron_sync()
        self.assertIn("may not open", self.administration.sync_message)
        paths = [c["path"] for c in self.sandbox.calls() if "/api/v1/" in c["path"]]
        self.assertEqual([path.rpartition("/")[2] for path in paths], ["Divisions"] * 2)
        self.assertFalse(self.administration.journals_unread, "it was not asked for")
        self.administration.state = "available"
        with self.assertRaisesRegex(UserError, "Manage administrations"):
            self.administration.action_link()
        self.assertEqual(self.administration.state, "available")

    def test_only_administrators_check_and_type_codes(self):
        administration = self._link()
        # As if Exact had not shown the list.
        administration.journals_unread = True
        Journal = self.env["keeping.exact.journal"].with_context(
            default_administration_id=administration.id
        )
        for user in (self.viewer, self.invoicer, self.outsider):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    administration.with_user(user).action_check()
                with self.assertRaises(AccessError):
                    Journal.with_user(user).name_create("88")
        with self.assertRaises(UserError):
            self.env["keeping.exact.journal"].with_user(self.administrator).name_create("88")
        administration.with_user(self.administrator).with_company(self.company).action_check()
        self.assertEqual(len(administration.check_ids), len(ALL))
        seen = administration.check_ids.with_user(self.invoicer).with_company(self.company)
        self.assertTrue(all(seen.mapped("message")))
        with self.assertRaises(AccessError):
            seen[:1].write({"state": "ok"})
        theirs = administration.check_ids.with_user(self.outsider)
        theirs = theirs.with_context(allowed_company_ids=self.other_company.ids)
        self.assertFalse(theirs.search([]))

    def test_links_go_to_the_site_of_the_administration(self):
        administration = self._link()
        self.assertEqual(self._get("division_access").url, self.sandbox.url)
        start = f"{self.sandbox.url}/docs/MenuPortal.aspx?_Division_={administration.code}"
        self.assertEqual(self._get("journal").url, start)

    def test_what_an_invoice_date_runs_into_is_told_without_a_call(self):
        administration = self._link()
        today = date.today()
        self.sandbox.clear_calls()
        self.assertFalse(administration._check_period(False))
        self.assertFalse(administration._check_period(date(today.year - 3, 1, 1)), "not read")
        far = date(today.year + 5, 1, 1)
        self.assertIn(str(far.year), administration._check_period(far))
        self._make_hours(1)
        invoice = self._preview(invoice_date=far)
        self.assertTrue(invoice.period_warning)
        invoice.invoice_date = today
        self.assertFalse(invoice.period_warning)
        self.assertTrue(self._wizard(invoice_date=far).period_warning)
        self.assertFalse(self.sandbox.calls())
        self.addCleanup(self._set_period, False)
        self._set_period(True)
        self._check()
        self.assertIn("closed", invoice.sudo().administration_id._check_period(today))
        invoice.invalidate_recordset()
        self.assertIn("70", invoice.period_warning)

    def test_every_result_has_words(self):
        from ..tools.messages import (
            MESSAGES,  # noqa: PLC0415
            checks,  # noqa: PLC0415
        )

        self.assertEqual(ALL, list(rules.RULES))
        for code in SIX:
            self.assertIn(f"{code}_missing", checks.MESSAGES)
        self.assertFalse(set(checks.MESSAGES) & set(MESSAGES), "one meaning a code")
