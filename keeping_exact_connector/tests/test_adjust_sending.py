from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .adjust_case import AdjustCase
from .link_case import LINES


@tagged("post_install", "-at_install")
class TestAdjustSending(AdjustCase):
    """Sending ours: a line that is gone is made again, and one that was added is removed."""

    # ------------------------------------------------------------------ done

    def test_what_will_happen_is_shown_of_each_line(self):
        self._change_line(self.guid, UnitPrice=110)
        self._remove("Travel")
        self._add()
        adjust = self._compare()
        self.assertEqual(
            [(line.kind, line.to_do) for line in adjust.line_ids],
            [("changed", "change"), ("new", "remove"), ("gone", "make")],
        )
        self.assertIn("Parking", adjust.removal_text)
        adjust.line_ids.send = False
        self.assertEqual(set(adjust.line_ids.mapped("to_do")), {"stay"})
        self.assertFalse(adjust.removal_text)
        with self.assertRaisesRegex(UserError, "nothing to send"):
            adjust.action_send()

    def test_changed_gone_and_added_lines_are_ours_again(self):
        self._change_line(self.guid, UnitPrice=110)
        self._remove("Travel")
        self._add()
        self.invoice.action_refresh()
        self.assertEqual(self.invoice.difference_state, "different")
        self._compare().action_send()
        self._send()
        rows = self._lines_in_exact()
        self.assertEqual(
            [(row["Description"], float(row["AmountFC"])) for row in rows],
            [("Website", 300), ("Travel", 40)],
        )
        self.assertEqual(self.invoice.line_ids.mapped("guid"), [row["ID"] for row in rows])
        self.assertEqual(self.invoice.difference_state, "same")
        self.assertEqual(self.invoice.amount_untaxed, 340)
        self.assertFalse(self.invoice.line_change_state)
        self.assertFalse(self._compare().difference_count)
        told = self._told()
        for text in ("line Website", "Travel, which was gone", "Parking, which was added"):
            self.assertIn(text, told)
        self.assertIn(self.invoicer.name, told)

    def test_what_is_meant_is_quantity_times_price_however_small_it_was_before(self):
        for quantity in (1.33, 133):
            line = self._compare().line_ids[1]
            line.write({"quantity": quantity, "unit_price": 95.05})
            line.adjust_id.action_send()
            self._send()
            self.assertEqual(self.invoice.difference_state, "same")
        self.assertEqual(self.invoice.line_ids[1].amount, 12641.65)

    def test_a_line_is_left_as_it_is_on_request(self):
        self._remove("Travel")
        self._add()
        adjust = self._compare()
        adjust.line_ids.filtered(lambda line: line.kind == "new").send = False
        adjust.action_send()
        self._send()
        self.assertEqual(self._texts_in_exact(), ["Parking", "Travel", "Website"])
        self.assertFalse(self._calls("DELETE")[1:])

    def test_a_line_is_made_again_with_what_it_was(self):
        values = {"Discount": 0.1, "Notes": "As agreed", "VATCode": self._other_vat_code()}
        self._add("Advice", 3, 33.33, **values)
        self._compare().action_take_over()
        [before] = [row for row in self._lines_in_exact() if row["Description"] == "Advice"]
        self._remove("Advice")
        self._compare().action_send()
        self._send()
        [row] = [row for row in self._lines_in_exact() if row["Description"] == "Advice"]
        self.assertNotEqual(row["ID"], before["ID"])
        for name in ("Item", "VATCode", "Notes", "Quantity", "UnitPrice", "AmountFC", "UnitCode"):
            self.assertEqual(row[name], before[name], name)
        self.assertEqual(self.invoice.difference_state, "same")

    def _other_vat_code(self):
        """Return a code that neither customer nor item has."""
        taken = {self._lines_in_exact()[0]["VATCode"].strip()}
        codes = self.env["keeping.exact.vat.code"].sudo()
        codes = codes.search([("administration_id", "=", self.administration.id)])
        return next(code.code for code in codes if code._is_offered() and code.code not in taken)

    def test_a_line_is_made_again_otherwise(self):
        self._remove("Travel")
        adjust = self._compare()
        line = adjust.line_ids.filtered(lambda line: line.kind == "gone")
        line.write({"name": "Travel to Zwolle " * 5, "quantity": 2, "unit_price": 30})
        adjust.action_send()
        self._send()
        row = self._lines_in_exact()[1]
        self.assertEqual((float(row["Quantity"]), float(row["UnitPrice"])), (2, 30))
        self.assertEqual(row["Notes"], ("Travel to Zwolle " * 5).strip())
        stored = self.invoice.line_ids.filtered(lambda line: line.guid == row["ID"])
        self.assertEqual((stored.quantity, stored.amount), (2, 60))
        self.assertEqual(self.invoice.difference_state, "same")
        self.assertEqual(self.invoice.amount_untaxed, 360)

    def test_hours_of_a_line_that_was_taken_over_as_gone_wait_for_a_person(self):
        self._remove("Website")
        self._compare().action_take_over()
        adjust = self._compare()
        self.assertEqual([line.kind for line in adjust.line_ids], ["same", "left"])
        left = adjust.line_ids[1]
        self.assertEqual((left.to_do, left.hours, adjust.difference_count), ("stay", 3, 0))
        left.quantity = 3
        self.assertEqual((left.to_do, left.amount), ("make", 300))
        adjust.action_send()
        self._send()
        self.assertEqual(self._texts_in_exact(), ["Travel", "Website"])
        self.assertEqual(self.invoice.difference_state, "same")
        self.assertEqual(self.invoice.amount_untaxed, 340)
        [hour] = self.invoice.hour_ids
        self.assertEqual((hour.live, hour.amount, hour.rate), (True, 300, 100))
        self.assertEqual(hour.invoice_line_id.amount, 300)

    def test_a_line_that_was_taken_over_as_gone_is_never_another_line(self):
        self._remove("Website")
        self._compare().action_take_over()
        self._add()
        self.assertEqual(self._compare().line_ids.mapped("kind"), ["same", "new", "left"])

    # ------------------------------------------------------------------ refused

    def test_what_exact_refuses_is_told_and_tried_again(self):
        self._remove("Travel")
        self._add()
        self._compare().action_send()
        for method in ("POST", "DELETE"):
            self._refuse_once(method)
            self._send()
            self.assertEqual(self.invoice.line_change_state, "failed")
            self.assertIn("Ongeldige waarde", self.invoice.line_change_message)
            self.assertIn("Parking", self._texts_in_exact())
            self.invoice.action_retry_line_changes()
        self._send()
        self.assertEqual(self._texts_in_exact(), ["Travel", "Website"])
        self.assertEqual(self.invoice.difference_state, "same")

    def _refuse_once(self, method):
        self._refuse_next(LINES, "Ongeldige waarde", method)

    def test_nothing_is_removed_after_another_line_was_refused(self):
        for method in ("PUT", "POST"):
            with self.subTest(method=method):
                if method == "PUT":
                    self._change_line(self.guid, UnitPrice=110)
                else:
                    self._remove("Travel")
                self._add()
                self._compare().action_send()
                self.sandbox.clear_calls()
                self._refuse_once(method)
                self._send()
                self.assertEqual(self._steps()[-2:].mapped("state"), ["failed", "failed"])
                self.assertIn("Another line", self.invoice.line_change_message)
                self.assertFalse(self._calls("DELETE"))
                self.invoice.action_retry_line_changes()
                self._send()
                self.assertEqual(self._texts_in_exact(), ["Travel", "Website"])
                self.assertEqual(self.invoice.difference_state, "same")

    def test_an_invoice_whose_lines_were_refused_is_not_processed_until_somebody_chose(self):
        processor = self._make_user("processor", "processing")
        self._remove("Travel")
        self._compare().action_send()
        self._refuse_once("POST")
        self._send()
        invoice = self.invoice.with_user(processor)
        with self.assertRaisesRegex(UserError, f"give them up first: {self.invoice.name}"):
            invoice.action_process()
        self.invoice.action_cancel_line_changes()
        self.assertTrue(invoice.action_process())

    def test_lines_of_an_invoice_that_is_being_processed_are_neither_sent_nor_tried_again(self):
        self._remove("Travel")
        self._compare().action_send()
        self._refuse_once("POST")
        self._send()
        self._add()
        adjust = self._compare()
        self.invoice.sudo()._plan_processing("book")
        for action in (adjust.action_send, self.invoice.action_retry_line_changes):
            refused = self.assertRaisesRegex(UserError, "is being processed or deleted")
            with self.subTest(action=action.__name__), refused:
                action()
        self.assertEqual(self._steps().mapped("state"), ["failed"])

    def test_a_line_whose_notes_were_emptied_is_made_without_them_and_once(self):
        self._add("Advice", 1, 50, Notes="As agreed")
        self._compare().action_take_over()
        self._remove("Advice")
        adjust = self._compare()
        adjust.line_ids.filtered(lambda line: line.kind == "gone").name = "Advice on tax"
        self.invoice.line_ids.filtered(lambda line: line.name == "Advice").sudo().notes = False
        adjust.action_send()
        self.invoice.line_ids.filtered(lambda line: line.name == "Advice").sudo().notes = "Old"
        self.sandbox.clear_calls()
        self.sandbox.add_fault(method="POST", path=LINES, kind="lose_answer", times=1)
        self._send_till_done()
        [row] = [row for row in self._lines_in_exact() if row["Description"] == "Advice on tax"]
        self.assertFalse(row["Notes"])
        self.assertEqual(len(self._calls("POST")), 1)

    def test_a_line_whose_item_is_not_known_is_not_made_again(self):
        self._remove("Travel")
        self.invoice.line_ids[1].sudo().item_id = False
        self._compare().action_send()
        self._send()
        self.assertIn("item of this line", self.invoice.line_change_message)
        self.assertEqual(self._texts_in_exact(), ["Website"])

    def test_taking_over_waits_for_what_is_under_way_and_gives_up_what_was_refused(self):
        self._remove("Travel")
        adjust = self._compare()
        adjust.action_send()
        with self.assertRaisesRegex(UserError, "are being changed"):
            self._compare().action_take_over()
        self._refuse_next(LINES, "Ongeldige waarde")
        self._send()
        self._compare().action_take_over()
        self.assertFalse(self.invoice.line_change_state)
        self.assertEqual(self.invoice.line_change_ids.state, "cancelled")

    def test_an_invoice_whose_lines_are_under_way_is_not_processed(self):
        processor = self._make_user("processor", "processing")
        self._remove("Travel")
        self._compare().action_send()
        invoice = self.invoice.with_user(processor)
        with self.assertRaisesRegex(UserError, "are being changed"):
            invoice.action_process()
        self._send()
        self.assertTrue(invoice.action_process())

    def test_a_changed_line_that_is_gone_after_a_lost_request_is_told(self):
        self._change_line(self.guid, UnitPrice=110)
        self._compare().action_send()
        self.sandbox.add_fault(method="PUT", path=LINES, kind="lose_request", times=1)
        self._send()
        self._remove("Website")
        self._send_till_done()
        self.assertIn("not on the invoice", self.invoice.line_change_message)

    def test_releasing_gives_up_what_was_not_sent_and_waits_for_what_was(self):
        self._remove("Travel")
        self._compare().action_send()
        self.sandbox.add_fault(method="POST", path=LINES, kind="lose_answer", times=1)
        self._send()
        with self.assertRaisesRegex(UserError, "Wait until that is known"):
            self.invoice.action_release()
        self._send_till_done()
        self._add()
        self._compare().action_send()
        self.invoice.action_release()
        self.assertEqual(self._steps().mapped("state"), ["done", "cancelled"])
        self._send()
        self.assertIn("Parking", self._texts_in_exact())

    def test_lines_of_an_invoice_that_is_gone_are_given_up(self):
        self._remove("Travel")
        self._compare().action_send()
        self.sandbox.add_fault(method="POST", path=LINES, kind="lose_answer", times=1)
        self._send()
        self.invoice.sudo()._note_removed("deleted")
        self.assertEqual(self.invoice.line_change_ids.state, "cancelled")
        self.assertFalse(
            self.env["keeping.exact.operation"]._get_open(self.invoice.sudo().line_change_ids)
        )

    # ------------------------------------------------------------------ access

    def test_who_does_not_invoice_sends_nothing(self):
        self._remove("Travel")
        self._add()
        adjust = self._compare()
        for user in (self.viewer, self.outsider):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    adjust.with_user(user).action_send()
                with self.assertRaises(AccessError):
                    adjust.line_ids.with_user(user).write({"send": False})
        self.assertFalse(self.invoice.sudo().line_change_ids)

    def test_what_was_read_from_exact_is_not_chosen_over_rpc(self):
        self._remove("Travel")
        self._add()
        adjust = self._compare()
        for values in ({"kind": "new"}, {"guid": self.guid}, {"line_id": 1}, {"to_do": "make"}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                adjust.line_ids[0].write(values)
        with self.assertRaises(AccessError):
            self.env["keeping.exact.line.change"].with_user(self.invoicer).create(
                {"invoice_id": self.invoice.id, "what": "remove", "shown": "{}", "wanted": "{}"}
            )


@tagged("post_install", "-at_install")
class TestAdjustSendingLenient(TestAdjustSending):
    profile = "lenient"
