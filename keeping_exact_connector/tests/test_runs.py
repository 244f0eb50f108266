from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .sandbox_case import INVOICES, SendingCase


@tagged("post_install", "-at_install")
class TestRuns(SendingCase):
    """Invoices that are sent together: counted, held back, given up, tried again."""

    def _make_customers(self, count):
        """Make customers with a project and hours each; return the partners."""
        partners = self.env["res.partner"]
        for number in range(count):
            partner = self.env["res.partner"].create({"name": f"Klant {number}"})
            project = self.project.copy({"name": f"Werk {number}", "partner_id": partner.id})
            self._make_hours(1 + number, project=project)
            partners |= partner
        return partners

    def _start(self, count=4, **vals):
        """Start a run over new customers; return it, as who invoices."""
        partners = self._make_customers(count)
        before = self.env["keeping.exact.run"].search([])
        with self._committing():
            self._wizard(partner_ids=partners.ids, **vals).action_create()
        run = self.env["keeping.exact.run"].search([]) - before
        self.assertEqual(len(run), 1)
        return run.with_user(self.invoicer)

    def _again(self, run):
        run.invalidate_recordset()
        return run

    def _figures(self, run):
        self._again(run)
        return (run.made_count, run.waiting_count, run.failed_count, run.skipped_count)

    def test_several_invoices_are_a_run_which_tells_how_far_it_is(self):
        run = self._start(4)
        self.assertEqual((run.state, run.progress), ("running", 0))
        self.assertEqual(self._figures(run), (0, 4, 0, 0))
        self.assertEqual(run.create_uid, self.invoicer)
        self._send()
        self.assertEqual(self._figures(run), (4, 0, 0, 0))
        self.assertEqual((run.state, run.progress), ("done", 100))
        self.assertEqual(len(self._posts()), 4)

    def test_one_invoice_is_no_run(self):
        invoice = self._queued()
        self.assertFalse(invoice.sudo().run_id)

    def test_drafts_sent_together_are_a_run(self):
        partners = self._make_customers(2)
        action = self._wizard(partner_ids=partners.ids).action_preview()
        drafts = self.env["keeping.exact.invoice"].with_user(self.invoicer).search(action["domain"])
        self.assertFalse(drafts.run_id)
        drafts.action_send()
        self.assertEqual(len(drafts.run_id), 1)
        self.assertEqual(drafts.run_id.total_count, 2)

    def test_a_paused_run_sends_nothing_until_it_is_resumed(self):
        run = self._start(3)
        run.action_pause()
        self._send()
        self.assertEqual(self._figures(run), (0, 3, 0, 0))
        self.assertEqual(run.state, "paused")
        self.assertEqual(self._posts(), [])
        self.assertEqual(self._posts("crm/Accounts"), [], "customers for nobody")
        self.assertEqual(run.invoice_ids.mapped("error_code"), [False] * 3)
        for invoice in run.invoice_ids:
            self.assertIn("is paused", invoice.error_message)
        run.action_resume()
        self.assertFalse(any(run.invoice_ids.mapped("error_message")))
        self._send()
        self.assertEqual(self._figures(run), (3, 0, 0, 0))
        self.assertEqual(len(self._posts()), 3)

    def test_what_others_send_goes_on_beside_a_paused_run(self):
        run = self._start(2)
        run.action_pause()
        partner = run.invoice_ids.partner_id[0]
        # Of the same new customer: it is made for this invoice after all.
        project = self.env["project.project"].search([("partner_id", "=", partner.id)])
        self._make_hours(2, project=project)
        with self._committing():
            self._wizard(partner_ids=partner.ids).action_create()
        self._send()
        invoices = self.env["keeping.exact.invoice"].search([("partner_id", "=", partner.id)])
        self.assertEqual(sorted(invoices.mapped("state")), ["open", "queued"])
        self.assertEqual(len(self._posts("crm/Accounts")), 1)
        run.action_resume()
        self._send()
        self.assertEqual(self._figures(run), (2, 0, 0, 0))
        self.assertEqual(len(self._posts("crm/Accounts")), 2)

    def test_a_pause_leaves_what_is_looked_up_alone(self):
        run = self._start(3)
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="lose_answer", times=1)
        self._send()
        self.assertEqual(self._figures(run), (2, 1, 0, 0))
        run.action_pause()
        self._pass_time()
        self._send()
        self.assertEqual(self._figures(run), (3, 0, 0, 0))
        self.assertEqual(len(self._posts()), 3)

    def test_cancelling_frees_the_hours_of_what_is_not_sent(self):
        run = self._start(3)
        first = run.invoice_ids.sorted("id")[0]
        run.action_pause()
        first.sudo()._let_go()
        self._send()
        run.action_cancel()
        self._send()
        self.assertEqual(self._figures(run), (1, 0, 0, 2))
        self.assertEqual((run.state, first.state), ("done", "open"))
        given_up = run.invoice_ids - first
        self.assertEqual(set(given_up.mapped("state")), {"cancelled"})
        self.assertFalse(any(given_up.hour_ids.mapped("live")))
        self.assertEqual(len(self._posts()), 1)
        self.assertEqual(len(self._posts("crm/Accounts")), 1, "customers for nobody")
        self.assertIn("2 invoices were given up", run.message_ids[:1].body)

    def test_what_was_refused_is_tried_again_from_the_run(self):
        run = self._start(3)
        self._refuse_next(INVOICES, "Mandatory: Journal")
        self._send()
        self.assertEqual(self._figures(run), (2, 0, 1, 0))
        [failed] = run.invoice_ids.filtered(lambda invoice: invoice.state == "failed")
        self.assertTrue(failed.run_remark)
        self.assertIs(run.action_retry(), True)
        self._send()
        self.assertEqual(self._figures(run), (3, 0, 0, 0))

    def test_what_cannot_be_tried_again_says_why_and_does_not_stop_the_others(self):
        run = self._start(3)
        self._refuse_next(INVOICES, "Mandatory: Journal")
        self._refuse_next(INVOICES, "Ongeldige waarde")
        self._send()
        failed = run.invoice_ids.filtered(lambda invoice: invoice.state == "failed")
        failed[0].sudo().customer_id.blocked = True
        told = run.action_retry()
        self.assertIn(failed[0].partner_id.name, told["params"]["message"])
        self._send()
        self.assertEqual(self._figures(run), (2, 0, 1, 0))

    def test_a_customer_that_cannot_be_billed_is_skipped_with_the_reason(self):
        partners = self._make_customers(3)
        self._make_customer(partners[1].name, partner_id=partners[1].id, blocked=True)
        with self._committing():
            self._wizard(partner_ids=partners.ids).action_create()
        run = self.env["keeping.exact.run"].with_user(self.invoicer).search([], limit=1)
        self.assertEqual(self._figures(run), (0, 2, 0, 1))
        [skipped] = run.invoice_ids.filtered(lambda invoice: invoice.state == "draft")
        self.assertIn("blocked", skipped.run_remark)
        self._send()
        self.assertEqual(self._figures(run), (2, 0, 0, 1))
        self.assertEqual(run.state, "done")

    def test_a_draft_that_needs_a_person_is_skipped_until_it_is_sent(self):
        partners = self._make_customers(2)
        self._make_customer(partners[0].name)
        with self._committing():
            self._wizard(partner_ids=partners.ids).action_create()
        run = self.env["keeping.exact.run"].with_user(self.invoicer).search([], limit=1)
        self.assertEqual(self._figures(run), (0, 1, 0, 1))
        [skipped] = run.invoice_ids.filtered(lambda invoice: invoice.state == "draft")
        self.assertIn("Choose the customer", skipped.run_remark)
        skipped.create_customer = True
        skipped.action_send()
        self._send()
        self.assertEqual(self._figures(run), (2, 0, 0, 0))
        self.assertFalse(skipped.skip_reason)

    def test_hours_that_were_left_out_stay_with_the_run(self):
        partners = self._make_customers(2)
        project = self.env["project.project"].search([("partner_id", "=", partners[0].id)])
        self._make_hours(0, project=project)
        with self._committing():
            self._wizard(partner_ids=partners.ids).action_create()
        run = self.env["keeping.exact.run"].with_user(self.invoicer).search([], limit=1)
        self.assertIn("1 of zero hours", run.left_out)

    def test_only_who_invoices_steers_a_run_and_nobody_of_another_organisation(self):
        run = self._start(2)
        for user in (self.viewer, self.outsider):
            for action in ("action_pause", "action_resume", "action_cancel", "action_retry"):
                with self.assertRaises(AccessError):
                    getattr(run.with_user(user), action)()
        for vals in ({"paused": True}, {"left_out": "x"}, {"invoice_ids": [(5,)]}):
            with self.assertRaises(AccessError):
                run.write(vals)
        self.company.sudo().keeping_exact_enabled = False
        with self.assertRaises(UserError):
            run.action_resume()
        run.action_cancel()
        self.assertEqual(set(run.invoice_ids.mapped("state")), {"cancelled"})

    def test_runs_are_found_by_their_state(self):
        running, paused, done = self._start(2), self._start(2), self._start(2)
        done.action_cancel()
        paused.action_pause()
        Run = self.env["keeping.exact.run"].with_user(self.invoicer)
        for state, run in (("running", running), ("paused", paused), ("done", done)):
            self.assertEqual(self._again(run).state, state)
            self.assertIn(run, Run.search([("state", "=", state)]))
            self.assertNotIn(run, Run.search([("state", "!=", state)]))
        titles = [notice["title"] for notice in Run.env["keeping.exact.notice"].get_notices()]
        self.assertEqual(titles, ["Paused: 0 of 2 invoices are done.", "0 of 2 invoices are done."])
