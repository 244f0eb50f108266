from datetime import date
from uuid import UUID

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .adjust_case import AdjustCase
from .link_case import LINES, PRINTED


@tagged("post_install", "-at_install")
class TestAdjust(AdjustCase):
    """A link whose invoice was changed in Exact: compared by line, and made the same again."""

    def _change_in_exact(self):
        """Change one line, remove one and add one, as a bookkeeper does."""
        self._change_line(self.guid, UnitPrice=110, Description="Website October")
        with self.administration._get_client() as client:
            client.delete(LINES, UUID(self._lines_in_exact()[1]["ID"]))
            new = {"InvoiceID": self.guid, "Item": self.item.guid, "Quantity": 2, "UnitPrice": 15}
            client.post(LINES, {**new, "Description": "Parking"})

    def test_without_a_change_all_lines_are_the_same(self):
        adjust = self._compare()
        self.assertEqual(set(adjust.line_ids.mapped("kind")), {"same"})
        self.assertFalse(adjust.difference_count)
        self.assertEqual(self._methods(), {"GET"})

    def test_changed_new_and_gone_lines_are_shown_with_their_figures(self):
        self._change_in_exact()
        adjust = self._compare()
        changed, new, gone = adjust.line_ids
        self.assertEqual([line.kind for line in adjust.line_ids], ["changed", "new", "gone"])
        self.assertEqual((changed.unit_price, changed.exact_unit_price), (100, 110))
        self.assertEqual((changed.amount, changed.exact_amount), (300, 330))
        self.assertEqual((changed.name, changed.exact_name), ("Website", "Website October"))
        self.assertEqual((new.exact_name, new.exact_amount), ("Parking", 30))
        self.assertEqual((gone.name, gone.amount), ("Travel", 40))
        self.assertEqual((adjust.amount_here, adjust.amount_there), (340, 360))

    def test_taking_over_ends_the_difference_and_leaves_the_hours(self):
        self._change_in_exact()
        self.invoice.action_refresh()
        self.assertEqual(self.invoice.difference_state, "different")
        self._compare().action_take_over()
        self.assertEqual(self.invoice.difference_state, "same")
        self.assertEqual(self.invoice.amount_untaxed, 360)
        self.assertEqual(sorted(self.invoice.line_ids.mapped("amount")), [0, 30, 330])
        self.assertFalse(self._compare().difference_count)
        [hour] = self.invoice.hour_ids
        self.assertTrue(hour.live)
        self.assertEqual((hour.timesheet_id, hour.amount, hour.rate), (self.hours, 300, 100))

    def test_a_line_with_hours_that_is_gone_keeps_them(self):
        with self.administration._get_client() as client:
            client.delete(LINES, UUID(self._lines_in_exact()[0]["ID"]))
        self._compare().action_take_over()
        self.assertEqual(self.invoice.difference_state, "same")
        self.assertEqual(self.hours.keeping_exact_state, "invoiced")
        self.assertEqual(self.invoice.hour_ids.amount, 300)

    def test_what_changes_between_look_and_take_over_is_shown_first(self):
        self._change_line(self.guid, UnitPrice=110)
        adjust = self._compare()
        self._change_line(self.guid, UnitPrice=120)
        action = adjust.action_take_over()
        self.assertEqual(action["res_model"], adjust._name)
        self.assertIn("Nothing was taken over", adjust.notice)
        self.assertEqual(adjust.line_ids[0].exact_unit_price, 120)
        self.assertEqual(self.invoice.line_ids[0].unit_price, 100)

    def test_ours_is_sent_again_while_it_is_open(self):
        self._change_line(self.guid, UnitPrice=110)
        self.invoice.action_refresh()
        self.assertEqual(self.invoice.difference_state, "different")
        self._compare().action_send()
        self.assertEqual(self.invoice.line_change_state, "under_way")
        self._send()
        self.assertEqual(self.invoice.line_change_ids.state, "done")
        self.assertEqual(float(self._lines_in_exact()[0]["UnitPrice"]), 100)
        self.assertEqual(self.invoice.difference_state, "same")
        self.assertEqual(self.invoice.amount_untaxed, 340)
        puts = [call for call in self.sandbox.calls() if call["method"] == "PUT"]
        self.assertEqual(len(puts), 2)

    def test_texts_and_quantities_are_changed_without_a_difference(self):
        adjust = self._compare()
        adjust.line_ids[1].write({"name": "Travel to Zwolle", "quantity": 2})
        self.assertEqual(adjust.line_ids[1].amount, 80)
        adjust.action_send()
        self._send()
        row = self._lines_in_exact()[1]
        self.assertEqual((row["Description"], float(row["Quantity"])), ("Travel to Zwolle", 2))
        line = self.invoice.line_ids[1]
        self.assertEqual((line.name, line.quantity, line.amount), ("Travel to Zwolle", 2, 80))
        self.assertEqual(self.invoice.amount_untaxed, 380)
        self.assertEqual(self.invoice.difference_state, "same")
        self.assertIn("Travel to Zwolle", self.invoice.message_ids[0].body)

    def test_what_somebody_changes_before_it_is_sent_is_not_overwritten(self):
        self._change_line(self.guid, UnitPrice=110)
        self._compare().action_send()
        self._change_line(self.guid, UnitPrice=120)
        self._send()
        self.assertEqual(float(self._lines_in_exact()[0]["UnitPrice"]), 120)
        self.assertEqual(self.invoice.line_change_state, "failed")
        self.assertIn("Somebody changed this line", self.invoice.line_change_message)
        self.invoice.action_cancel_line_changes()
        self.assertFalse(self.invoice.line_change_state)

    def test_a_line_or_an_invoice_that_is_past_changing_is_told(self):
        adjust = self._compare()
        adjust.line_ids[1].quantity = 2
        adjust.action_send()
        with self.administration._get_client() as client:
            client.delete(LINES, UUID(self._lines_in_exact()[1]["ID"]))
        self._send()
        self.assertIn(
            "not on the invoice in Exact Online any more", self.invoice.line_change_message
        )
        self.invoice.action_cancel_line_changes()
        adjust = self._compare()
        adjust.line_ids[0].quantity = 2
        adjust.action_send()
        with self.administration._get_client() as client:
            client.post(PRINTED, {"InvoiceID": self.guid, "InvoiceDate": date(2026, 11, 5)})
        self._send()
        self.assertIn("was processed before", self.invoice.line_change_message)
        self.invoice.action_refresh()
        with self.assertRaisesRegex(UserError, "while the invoice is open"):
            adjust.action_send()

    def test_a_lost_answer_is_looked_up_and_the_line_changed_once(self):
        for kind in ("lose_request", "lose_answer"):
            with self.subTest(kind=kind):
                adjust = self._compare()
                adjust.line_ids[1].quantity += 1
                wanted = adjust.line_ids[1].quantity
                adjust.action_send()
                self.sandbox.add_fault(method="PUT", path=LINES, kind=kind, times=1)
                self._send()
                self._pass_time()
                self._send()
                self._pass_time()
                self._send()
                self.assertEqual(self.invoice.line_change_ids[0].state, "done")
                self.assertEqual(float(self._lines_in_exact()[1]["Quantity"]), wanted)

    def test_nothing_to_send_is_told(self):
        with self.assertRaisesRegex(UserError, "nothing to send"):
            self._compare().action_send()

    def test_disconnecting_frees_the_hours(self):
        self._compare().action_disconnect()
        self.assertEqual(self.invoice.state, "disconnected")
        self.assertEqual(self.hours.keeping_exact_state, "to_invoice")
        with self.assertRaisesRegex(UserError, "is not in Exact Online"):
            self.invoice.action_compare_lines()

    def test_an_invoice_that_was_made_from_here_is_compared_too(self):
        made = self._queued(2)
        self._send()
        self.invoice = made
        adjust = self._compare()
        self.assertEqual(set(adjust.line_ids.mapped("kind")), {"same"})

    def test_who_does_not_invoice_is_refused(self):
        adjust = self._compare()
        for user in (self.viewer, self.outsider):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.invoice.with_user(user).action_compare_lines()
                with self.assertRaises(AccessError):
                    adjust.with_user(user).action_take_over()
        with self.assertRaises(AccessError):
            adjust.write({"shown": "x"})
        with self.assertRaises(AccessError):
            adjust.line_ids[0].write({"shown": "{}"})
        with self.assertRaises(AccessError):
            self.invoice.line_change_ids.create(
                {"invoice_id": self.invoice.id, "shown": "{}", "wanted": "{}"}
            )


@tagged("post_install", "-at_install")
class TestAdjustLenient(TestAdjust):
    profile = "lenient"
