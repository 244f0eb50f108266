from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .move_case import MoveCase, change

ELSEWHERE = {"database": "11111111-2222-3333-4444-555555555555"}


@tagged("post_install", "-at_install")
class TestImport(MoveCase):
    """What was exported comes back as it was, once, in this or another database."""

    def _snapshot(self):
        """Return all that was billed, without numbers that only this database has."""
        links = self._links().sudo()
        return {
            link.name: (
                link.read(
                    ["state", "origin", "guid", "number", "partner_id", "customer_id", "hours",
                     "amount_untaxed", "amount_total", "invoice_date", "meant_known",
                     "rate_mode", "rounding"]
                )[0]
                | {"id": 0},
                [
                    (line.name, line.quantity, line.unit_price, line.amount, line.vat_code_id)
                    for line in link.line_ids
                ],
                sorted(
                    (hour.timesheet_id.id or 0, str(hour.date), hour.name, hour.hours,
                     hour.billed_hours, hour.rate, hour.rate_source or "", hour.amount,
                     hour.live, hour.repeat_no, hour.employee_id.id, hour.project_id.id,
                     hour.invoice_line_id.name or "")
                    for hour in link.hour_ids
                ),
            )
            for link in links
        }  # fmt: skip

    def _several(self):
        self._bill(1, 2.5, task_id=self.task.id)
        self._bill(3, state="open")
        self._bill(4, state="paid")
        self._bill(0.5, state="open").action_release()

    def test_all_comes_back_as_it_was_in_the_same_database(self):
        self._several()
        before, content = self._snapshot(), self._export()
        self._forget()
        wizard = self._imported(content)
        self.assertEqual((wizard.new_count, wizard.imported_count), (4, 4))
        self.assertEqual(self._snapshot(), before)
        self.assertEqual(wizard.step, "done")

    def test_all_comes_back_in_another_database(self):
        self._several()
        before, content = self._snapshot(), change(self._export(), ELSEWHERE)
        self._forget()
        self._imported(content)
        self.assertEqual(self._snapshot(), before)

    def test_imported_hours_hold_their_timesheets(self):
        invoice = self._bill(2)
        timesheet = invoice.hour_ids.timesheet_id
        content = change(self._export(), ELSEWHERE)
        self._forget()
        self._imported(content)
        self.assertEqual(timesheet.with_user(self.invoicer).keeping_exact_state, "invoiced")
        with self.assertRaises(UserError):
            timesheet.unit_amount = 3

    def test_importing_twice_doubles_nothing(self):
        self._several()
        content = change(self._export(), ELSEWHERE)
        self._forget()
        self._imported(content)
        before = self._snapshot()
        again = self._previewed(content)
        self.assertEqual((again.new_count, again.here_count), (0, 4))
        again.action_import()
        self.assertEqual(self._snapshot(), before)

    def test_the_preview_writes_nothing(self):
        self._several()
        content = self._export()
        self._forget()
        wizard = self._previewed(content)
        self.assertFalse(self._links())
        self.assertEqual(wizard.hour_count, 4)
        self.assertEqual(set(wizard.row_ids.mapped("outcome")), {"new"})

    def test_a_formula_is_a_text_again(self):
        invoice = self._bill(1, name="=1+1")
        content = self._export()
        self._forget()
        self._imported(content)
        self.assertEqual(self._links().hour_ids.name, "=1+1")
        self.assertNotEqual(self._links(), invoice)

    def test_an_hour_that_changed_is_not_found_and_holds_its_link_back(self):
        invoice = self._bill(1, 2)
        name, timesheets = invoice.name, invoice.hour_ids.timesheet_id
        content = self._export()
        self._forget()
        timesheets[0].unit_amount = 7
        wizard = self._previewed(content)
        self.assertEqual((wizard.new_count, wizard.part_count, wizard.unmatched_count), (0, 1, 1))
        self.assertEqual(wizard.hour_ids.reason, "missing")
        self.assertEqual(wizard.hour_ids.hours, 1)
        wizard.action_import()
        self.assertFalse(self._links())
        wizard = self._imported(content, also_parts=True)
        link = self._links()
        self.assertEqual(link.name, name)
        self.assertEqual(sorted(link.hour_ids.mapped("live")), [False, True])
        self.assertEqual(link.hour_ids.filtered("live").timesheet_id, timesheets[1])
        self.assertFalse(link.hour_ids.filtered(lambda hour: not hour.live).timesheet_id)

    def test_hours_that_are_alike_are_matched_when_there_are_as_many(self):
        invoice = self._bill(1)
        pattern = invoice.hour_ids.timesheet_id
        twin = self._make_hours(1, name=pattern.name)
        content = change(self._export(), ELSEWHERE)
        self._forget()
        wizard = self._previewed(content)
        self.assertEqual(wizard.hour_ids.reason, "ambiguous")
        self.assertEqual(wizard.part_count, 1)
        # In the same database their numbers tell them apart.
        twin.unlink()
        self.assertEqual(self._previewed(content).new_count, 1)

    def test_in_the_same_database_numbers_tell_hours_apart(self):
        invoice = self._bill(1)
        pattern = invoice.hour_ids.timesheet_id
        self._make_hours(1, name=pattern.name)
        content = self._export()
        self._forget()
        self._imported(content)
        self.assertEqual(self._links().hour_ids.timesheet_id, pattern)

    def test_an_external_identifier_tells_hours_apart(self):
        invoice = self._bill(1)
        pattern = invoice.hour_ids.timesheet_id
        twin = self._make_hours(1, name=pattern.name)
        known = {"module": "__export__", "name": "hours_1", "model": pattern._name}
        self.env["ir.model.data"].create({**known, "res_id": pattern.id})
        content = change(self._export(), ELSEWHERE)
        self._forget()
        # In the other database it is another number.
        self.env["ir.model.data"].search([("name", "=", "hours_1")]).res_id = twin.id
        self._imported(content)
        self.assertEqual(self._links().hour_ids.timesheet_id, twin)

    def test_hours_on_another_link_are_not_billed_twice(self):
        invoice = self._bill(1)
        timesheet = invoice.hour_ids.timesheet_id
        content = self._export()
        self._forget()
        other = self._preview(timesheet_ids=[(6, 0, timesheet.ids)])
        for file in (content, change(content, ELSEWHERE)):
            wizard = self._previewed(file, also_parts=True)
            self.assertEqual(wizard.hour_ids.reason, "taken")
        wizard.action_import()
        live = self.env["keeping.exact.hour"].search(
            [("timesheet_id", "=", timesheet.id), ("live", "=", True)]
        )
        self.assertEqual(live.invoice_id, other)

    def test_what_changed_since_the_preview_is_shown_anew(self):
        invoice = self._bill(1)
        timesheet = invoice.hour_ids.timesheet_id
        content = self._export()
        self._forget()
        wizard = self._previewed(content)
        self._preview(timesheet_ids=[(6, 0, timesheet.ids)])
        wizard.action_import()
        self.assertEqual(wizard.step, "preview")
        self.assertIn("changed", wizard.notice)
        self.assertEqual(wizard.part_count, 1)

    def test_an_administration_must_be_linked_here(self):
        self._bill(1)
        content = self._export()
        self._forget()
        self.administration.sudo().state = "available"
        wizard = self._previewed(content)
        self.assertEqual(wizard.not_count, 1)
        self.assertIn("100001", wizard.row_ids.explanation)
        wizard.action_import()
        self.assertFalse(self._links())

    def test_the_administration_of_another_organisation_is_none_of_ours(self):
        self._bill(1)
        theirs = self._make_administration(self.other_company, 100777)
        content = change(
            self._export(),
            invoices=lambda rows: [{**row, "administration": theirs.code} for row in rows],
        )
        self._forget()
        wizard = self._previewed(content)
        self.assertEqual(wizard.not_count, 1)
        self.assertNotIn(theirs.name, wizard.row_ids.explanation)

    def test_numbers_of_another_organisations_hours_reach_nothing(self):
        invoice = self._bill(1)
        project = self._make_project("Website", self.customer, self.other_company)
        theirs = self._make_hours(1, project=project, user=self.outsider)
        content = change(
            self._export(),
            hours=lambda rows: [
                {**row, "timesheet": theirs.id, "employee": "Outsider"} for row in rows
            ],
        )
        self.assertTrue(invoice)
        self._forget()
        wizard = self._imported(content, also_parts=True)
        self.assertEqual(wizard.hour_ids.reason, "missing")
        self.assertFalse(self.env["keeping.exact.hour"].search([("timesheet_id", "=", theirs.id)]))

    def test_hours_that_one_may_not_see_are_not_found(self):
        self._bill(1)
        content = self._export()
        self._forget()
        self.project.privacy_visibility = "followers"
        self.project.message_unsubscribe(self.mover.partner_id.ids)
        self.assertEqual(self._previewed(content).hour_ids.reason, "missing")

    def test_a_customer_is_linked_with_whose_hours_they_are(self):
        self._bill(1)
        content = change(self._export(), ELSEWHERE)
        self._forget()
        self.in_exact.sudo().partner_id = False
        self._imported(content)
        self.assertEqual(self.in_exact.partner_id, self.customer)
        self.assertEqual(self._links().partner_id, self.customer)

    def test_a_customer_that_nobody_knows_is_asked_for(self):
        self._bill(1)
        content = change(self._export(), ELSEWHERE)
        self._forget()
        other = self._make_customer("Elders")
        self.in_exact.sudo().partner_id = False
        self.env.flush_all()
        other.sudo().partner_id = self.customer
        wizard = self._previewed(content)
        self.assertIn("Link customers", wizard.row_ids.explanation)
        gone = change(
            content, invoices=lambda rows: [{**row, "customer_guid": "gone"} for row in rows]
        )
        self.assertIn("not among the customers", self._previewed(gone).row_ids.explanation)

    def test_a_linked_invoice_is_known_by_its_guid(self):
        invoice = self._bill(1)
        content = change(
            self._export(),
            **{
                table: lambda rows: [{**row, "reference": "KE-OTHER"} for row in rows]
                for table in ("invoices", "lines", "hours")
            },
        )
        wizard = self._imported(content)
        self.assertEqual(wizard.here_count, 1)
        self.assertIn(invoice.name, wizard.row_ids.explanation)
        self.assertEqual(self._links(), invoice)

    def test_a_reference_in_use_by_another_organisation_is_refused(self):
        name = self._bill(1).name
        content = self._export()
        theirs = self._make_administration(self.other_company, 100778)
        partner = self._make_partner("Van hen")
        self._forget()
        self.env["keeping.exact.invoice"].sudo().create(
            {
                "name": name,
                "administration_id": theirs.id,
                "partner_id": partner.id,
                "currency_id": self.euro.id,
            }
        )
        wizard = self._imported(content)
        self.assertEqual(wizard.not_count, 1)
        self.assertFalse(self._links())

    def test_the_history_says_where_it_comes_from(self):
        self._bill(1)
        content = self._export()
        self._forget()
        self._imported(content)
        text = " ".join(self._links().message_ids.mapped("body"))
        self.assertIn("Imported by", text)
        self.assertIn(self.company.name, text)

    # ------------------------------------------------------------------ rights

    def test_whoever_does_not_both_administer_and_invoice_imports_nothing(self):
        self._bill(1)
        content = self._export()
        for user in (self.viewer, self.invoicer, self.administrator):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._importing(content, user=user).action_preview()
        with self.assertRaises(AccessError):
            self._importing(content, company=self.other_company).action_preview()

    def test_a_switched_off_integration_imports_nothing(self):
        self._bill(1)
        wizard = self._importing(self._export())
        self.company.keeping_exact_enabled = False
        with self.assertRaises(UserError):
            wizard.action_preview()

    def test_what_the_preview_found_is_not_written_by_a_person(self):
        self._bill(1)
        wizard = self._previewed(self._export())
        for name, value in (("step", "done"), ("shown", "x"), ("company_id", 1), ("row_ids", [])):
            with self.subTest(name=name), self.assertRaises(AccessError):
                wizard.write({name: value})
        with self.assertRaises(AccessError):
            wizard.row_ids.write({"outcome": "new"})

    def test_without_a_preview_nothing_is_imported(self):
        with self.assertRaises(UserError):
            self._importing(self._export()).action_import()
