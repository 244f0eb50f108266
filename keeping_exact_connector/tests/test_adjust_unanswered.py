from uuid import UUID

from odoo.exceptions import UserError
from odoo.tests import tagged

from .adjust_case import AdjustCase
from .link_case import LINES


@tagged("post_install", "-at_install")
class TestAdjustUnanswered(AdjustCase):
    """Lines that are sent once, whatever is lost on the way and whoever is at them meanwhile."""

    # ------------------------------------------------------------------ without an answer

    def test_what_is_not_answered_is_looked_up_and_a_line_made_once(self):
        for kind in ("lose_request", "lose_answer", "cut_answer"):
            with self.subTest(kind=kind):
                self._remove("Travel")
                self._compare().action_send()
                self.sandbox.clear_calls()
                self.sandbox.add_fault(method="POST", path=LINES, kind=kind, times=1)
                self._send()
                self.assertEqual(self._steps()[-1].state, "uncertain")
                self._send_till_done()
                self.assertEqual(self._steps()[-1].state, "done")
                self.assertEqual(self._texts_in_exact(), ["Travel", "Website"])
                posts = 2 if kind == "lose_request" else 1
                self.assertEqual(len(self._calls("POST")), posts)
                self.assertFalse(self._compare().difference_count)
                self.assertEqual(self.invoice.difference_state, "same")

    def _make_unanswered(self, **values):
        """Have a line made whose answer is lost, and that is changed before it is looked up."""
        self._remove("Travel")
        self._compare().action_send()
        self.sandbox.clear_calls()
        self.sandbox.add_fault(method="POST", path=LINES, kind="lose_answer", times=1)
        self._send()
        self._change("Travel", **values)

    def _change(self, text, **values):
        where = {"InvoiceID": self.guid, "Description": text}
        self.sandbox.control(
            "POST",
            f"rows/{self.administration.code}/{LINES}",
            {"where": where, "values": values},
        )

    def test_a_line_that_was_given_a_discount_since_is_recognised_and_made_once(self):
        self._make_unanswered(Discount=0.1, AmountFC=36)
        self._send_till_done()
        self.assertEqual(self._steps().state, "done")
        self.assertEqual(len(self._calls("POST")), 1)
        [changed] = self._compare().line_ids.filtered(lambda line: line.kind != "same")
        self.assertEqual((changed.kind, changed.exact_discount), ("changed", 0.1))

    def test_a_line_whose_figures_were_changed_since_is_recognised_and_made_once(self):
        for values in ({"UnitPrice": 70, "AmountFC": 70}, {"Quantity": 2, "AmountFC": 80}):
            with self.subTest(values=values):
                self._make_unanswered(**values)
                self._send_till_done()
                self.assertEqual(self._steps()[-1].state, "done")
                self.assertEqual(self._texts_in_exact(), ["Travel", "Website"])
                self.assertEqual(len(self._calls("POST")), 1)
                [changed] = self._compare().line_ids.filtered(lambda line: line.kind != "same")
                self.assertEqual(
                    (changed.kind, changed.exact_amount), ("changed", values["AmountFC"])
                )

    def test_a_line_that_exact_keeps_in_other_words_is_recognised_and_made_once(self):
        self._make_unanswered(Description="Travel .", Notes="Travel\r\n")
        self._send_till_done()
        self.assertEqual(self._steps().state, "done")
        self.assertEqual(self._texts_in_exact(), ["Travel .", "Website"])
        self.assertEqual(len(self._calls("POST")), 1)
        self.assertEqual(self._compare().difference_count, 1)

    def test_a_line_is_rather_recognised_by_its_text_than_by_its_figures(self):
        self._make_unanswered(UnitPrice=70, AmountFC=70)
        self._add("Parking", 1, 40)
        self._change("Parking", LineNumber=0)
        self._send_till_done()
        [row] = [row for row in self._lines_in_exact() if row["Description"] == "Travel"]
        self.assertEqual(self._steps().state, "done")
        self.assertEqual(self.invoice.line_ids[1].guid, row["ID"])
        self.assertNotIn("more than once", self._told())

    def _put_another_back(self, *another):
        """Of two lines that are gone the first is not made, and somebody puts the other back."""
        self._add(*another)
        self._compare().action_take_over()
        with self.administration._get_client() as client:
            for row in self._lines_in_exact()[1:]:
                client.delete(LINES, UUID(row["ID"]))
        self._compare().action_send()
        self.sandbox.clear_calls()
        self.sandbox.add_fault(method="POST", path=LINES, kind="lose_request", times=1)
        self._send()
        back = self._add(*another)
        self._send_till_done()
        self.assertEqual(self._steps().mapped("state"), ["failed", "done"])
        self.assertEqual(self.invoice.line_ids[2].guid, back)
        self.assertEqual(self._texts_in_exact(), sorted([another[0], "Website"]))

    def test_another_gone_line_of_the_same_text_is_not_taken_for_it(self):
        self._put_another_back("Travel", 2, 40)

    def test_another_gone_line_of_the_same_figures_is_not_taken_for_it(self):
        self._put_another_back("Train", 1, 40)

    def test_line_ends_are_no_change(self):
        values = {"Description": "Travel", "Quantity": 1, "UnitPrice": 40, "Discount": 0}
        dump = self.env["keeping.exact.line.change"]._dump
        self.assertEqual(
            dump({**values, "Notes": "There\r\nand back\r\n"}),
            dump({**values, "Notes": "There\nand back"}),
        )

    def test_what_is_not_answered_is_looked_up_and_a_line_removed_once(self):
        for kind in ("lose_request", "lose_answer"):
            with self.subTest(kind=kind):
                self._add()
                self._compare().action_send()
                self.sandbox.clear_calls()
                self.sandbox.add_fault(method="DELETE", path=LINES, kind=kind, times=1)
                self._send()
                self.assertEqual(self._steps()[-1].state, "uncertain")
                self._send_till_done()
                self.assertEqual(self._steps()[-1].state, "done")
                self.assertEqual(self._texts_in_exact(), ["Travel", "Website"])
                deletes = 2 if kind == "lose_request" else 1
                self.assertEqual(len(self._calls("DELETE")), deletes)

    def test_an_empty_list_proves_neither_that_a_line_is_absent_nor_that_it_is_removed(self):
        self._remove("Travel")
        self._add()
        self._compare().action_send()
        self.sandbox.add_fault(method="POST", path=LINES, kind="lose_request", times=1)
        self._send()
        for text in ("Website", "Parking"):
            self._delete_past_rules(text)
        self.sandbox.clear_calls()
        self._send_till_done()
        self.assertEqual(self._steps().mapped("state"), ["uncertain", "waiting"])
        self.assertFalse(self._calls("POST") + self._calls("DELETE"))

    def test_two_lines_that_read_the_same_are_both_made(self):
        self._add("Travel", 1, 40)
        self._compare().action_take_over()
        with self.administration._get_client() as client:
            for row in self._lines_in_exact()[1:]:
                client.delete(LINES, UUID(row["ID"]))
        self._compare().action_send()
        self.sandbox.add_fault(method="POST", path=LINES, kind="lose_answer", times=1)
        self._send_till_done()
        self.assertEqual(self._texts_in_exact(), ["Travel", "Travel", "Website"])
        self.assertFalse(self._compare().difference_count)

    def test_without_any_line_those_of_another_invoice_prove_what_is_absent(self):
        self._make_hours(5)
        self._linked(self._bill((5, 100, "Advice")))
        self._remove("Travel")
        self._add()
        self._compare().action_send()
        self.sandbox.add_fault(method="POST", path=LINES, kind="lose_request", times=1)
        self._send()
        for text in ("Website", "Parking"):
            self._delete_past_rules(text)
        self._send_till_done()
        self.assertEqual(set(self.invoice.line_change_ids.mapped("state")), {"failed"})
        self.assertIn("shows no line of this invoice", self.invoice.line_change_message)

    # ------------------------------------------------------------------ changed meanwhile

    def test_an_added_line_that_was_changed_since_is_not_removed(self):
        for values in ({"UnitPrice": 20}, {"Description": "Lunch"}, {"Discount": 0.5}):
            with self.subTest(values=values):
                added = self._add()
                self._compare().action_send()
                with self.administration._get_client() as client:
                    client.put(LINES, UUID(added), values)
                self.sandbox.clear_calls()
                self._send()
                self.assertEqual(self.invoice.line_change_state, "failed")
                self.assertIn("Somebody changed this line", self.invoice.line_change_message)
                self.assertFalse(self._calls("DELETE"))
                with self.administration._get_client() as client:
                    client.delete(LINES, UUID(added))
                self.invoice.action_cancel_line_changes()

    def test_an_added_line_that_is_gone_by_itself_is_removed(self):
        self._add()
        self._compare().action_send()
        self._remove("Parking")
        self.sandbox.clear_calls()
        self._send()
        self.assertEqual(self.invoice.line_change_ids.state, "done")
        self.assertFalse(self._calls("DELETE"))

    def test_a_line_that_came_back_by_itself_is_not_made_twice(self):
        self._remove("Travel")
        self._compare().action_send()
        back = self._add("Travel", 1, 40)
        self.sandbox.clear_calls()
        self._send()
        self.assertEqual(self.invoice.line_change_ids.state, "done")
        self.assertEqual(self._texts_in_exact(), ["Travel", "Website"])
        self.assertFalse(self._calls("POST"))
        self.assertEqual(self.invoice.line_ids[1].guid, back)

    def test_a_line_that_somebody_put_back_in_other_words_since_is_not_made_beside_it(self):
        self._remove("Travel")
        self._compare().action_send()
        self._add("Train", 1, 40)
        self.sandbox.clear_calls()
        self._send()
        self.assertEqual(self.invoice.line_change_state, "failed")
        self.assertIn("Somebody changed this line", self.invoice.line_change_message)
        self.assertEqual(self._texts_in_exact(), ["Train", "Website"])
        self.assertFalse(self._calls("POST"))

    def test_a_line_that_somebody_put_back_is_the_same_line(self):
        self._remove("Travel")
        back = self._add("Travel", 1, 40)
        adjust = self._compare()
        self.assertEqual(set(adjust.line_ids.mapped("kind")), {"same"})
        self.assertEqual(self.invoice.line_ids[1].guid, back)

    def test_an_added_line_that_is_one_of_ours_by_now_is_not_removed(self):
        self._add("Travel", 2, 40)
        adjust = self._compare()
        self._remove("Website")
        adjust.action_send()
        self.env["keeping.exact.invoice.line"].sudo().search(
            [("invoice_id", "=", self.invoice.id), ("name", "=", "Website")]
        ).guid = adjust.line_ids.filtered(lambda line: line.kind == "new").guid
        self._send()
        self.assertEqual(self.invoice.line_change_state, "failed")
        self.assertEqual(self._texts_in_exact(), ["Travel", "Travel"])

    def test_an_invoice_that_is_processed_meanwhile_is_left_alone(self):
        self._remove("Travel")
        self._add()
        adjust = self._compare()
        adjust.action_send()
        self._process()
        self.sandbox.clear_calls()
        self._send()
        self.assertEqual(self.invoice.line_change_ids.mapped("state"), ["failed", "failed"])
        self.assertIn("was processed before", self.invoice.line_change_message)
        self.assertFalse(self._calls("POST") + self._calls("DELETE"))
        self.invoice.action_refresh()
        with self.assertRaisesRegex(UserError, "while the invoice is open"):
            adjust.action_send()

    def test_the_last_line_is_not_removed(self):
        self._add()
        self._remove("Website")
        self._remove("Travel")
        adjust = self._compare()
        gone = adjust.line_ids.filtered(lambda line: line.kind == "gone")
        self.assertEqual(gone.mapped("to_do"), ["make", "make"])
        gone.send = False
        with self.assertRaisesRegex(UserError, "at least one line"):
            adjust.action_send()
        gone.send = True
        adjust.action_send()
        self._send()
        self.assertEqual(self._texts_in_exact(), ["Travel", "Website"])
        self.assertEqual(self.invoice.difference_state, "same")

    def test_a_line_that_is_the_last_by_now_is_not_removed(self):
        self._add()
        self._compare().action_send()
        for text in ("Website", "Travel"):
            self._remove(text)
        self._send()
        self.assertIn("only line of the invoice", self.invoice.line_change_message)
        self.assertEqual(self._texts_in_exact(), ["Parking"])


@tagged("post_install", "-at_install")
class TestAdjustUnansweredLenient(TestAdjustUnanswered):
    profile = "lenient"
