from datetime import date
from uuid import UUID

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .link_case import PRINTED, LinkCase


@tagged("post_install", "-at_install")
class TestLinkSaving(LinkCase):
    """The link that is made, and what stands in its way. Nothing is ever written in Exact."""

    profile = "strict"

    def test_a_processed_invoice_is_linked_as_it_is_in_exact(self):
        hours = self._make_hours(1.5, 2)
        guid = self._bill((3.5, 100, "Website"), (1, 40, "Travel"), process=True, YourRef="PO 1")
        invoice = self._linked(guid)
        self.assertEqual((invoice.origin, invoice.state), ("linked", "processed"))
        self.assertEqual((invoice.guid, invoice.partner_id), (guid, self.customer))
        [row] = [row for row in self._rows() if row["InvoiceID"] == guid]
        self.assertEqual(invoice.number, str(row["InvoiceNumber"]))
        self.assertEqual(invoice.invoice_date, date(2026, 11, 5))
        self.assertEqual(invoice.your_ref, "PO 1")
        self.assertEqual(invoice.amount_untaxed, 390)
        self.assertEqual(invoice.amount_total, float(row["AmountFC"]))
        self.assertEqual((invoice.hours, invoice.billed_hours), (3.5, 3.5))
        self.assertEqual((invoice.date_from, invoice.date_to), (date(2026, 10, 12),) * 2)
        self.assertEqual(invoice.difference_state, "same")
        work, travel = invoice.line_ids
        self.assertEqual((work.name, work.quantity, work.unit_price), ("Website", 3.5, 100))
        self.assertEqual((work.amount, work.hours, len(work.guid)), (350, 3.5, 36))
        self.assertTrue(work.vat_code_id)
        self.assertEqual(work.sudo().item_id, self.item)
        self.assertEqual((travel.amount, travel.hours), (40, 0))
        self.assertEqual(work.hour_ids.timesheet_id, hours)
        self.assertEqual(work.hour_ids.mapped("amount"), [150, 200])
        self.assertEqual(set(work.hour_ids.mapped("rate_source")), {"company"})
        self.assertEqual(set(hours.mapped("keeping_exact_state")), {"invoiced"})
        self.assertIn("linked 2 timesheet entries", invoice.message_ids[0].body)
        self.assertEqual(self._methods(), {"GET"})

    def test_an_open_invoice_is_linked_and_followed(self):
        self._make_hours(3)
        guid = self._bill()
        invoice = self._linked(guid)
        self.assertEqual(invoice.state, "open")
        with self.administration._get_client() as client:
            client.post(PRINTED, {"InvoiceID": guid, "InvoiceDate": date(2026, 11, 5)})
        invoice.action_refresh()
        self.assertEqual(invoice.state, "processed")
        self.assertTrue(invoice.number)
        self.assertEqual(invoice.difference_state, "same")

    def test_a_change_in_exact_after_the_link_is_a_difference(self):
        self._make_hours(3)
        guid = self._bill()
        invoice = self._linked(guid)
        self._change_line(guid, UnitPrice=110)
        invoice.action_refresh()
        self.assertEqual(invoice.difference_state, "different")
        self.assertIn("330.00", invoice.difference_message)

    def test_linked_hours_cannot_be_changed_or_billed_again(self):
        hours = self._make_hours(3)
        invoice = self._linked(self._bill())
        with self.assertRaisesRegex(UserError, invoice.name):
            hours.unit_amount = 4
        with self.assertRaisesRegex(UserError, invoice.name):
            hours.unlink()
        self.assertEqual(self._wizard().found_count, 0)
        invoice.action_release()
        self.assertEqual(hours.keeping_exact_state, "to_invoice")

    def test_a_difference_is_linked_only_knowingly(self):
        self._make_hours(3)
        link = self._compared(self._bill((3, 110, "Website")))
        self.assertEqual((link.difference, link.against_amount), (30, 330))
        self.assertIn("30.00", link.difference_message)
        with self.assertRaisesRegex(UserError, "a difference of .*30.00"):
            link.action_save()
        link.confirm_difference = True
        invoice = self._saved(link)
        self.assertEqual(invoice.accepted_difference, 30)
        self.assertEqual(invoice.difference_state, "same")
        self.assertEqual(invoice.hour_ids.mapped("amount"), [330])
        self.assertEqual(invoice.hour_ids.mapped("rate"), [110])
        self.assertEqual(invoice.hour_ids.mapped("rate_source"), ["linked"])
        self.assertIn("30.00", invoice.message_ids[0].body)

    def test_agreeing_to_a_difference_holds_for_that_one(self):
        self._make_hours(3)
        link = self._compared(self._bill((3, 110, "Website"), (1, 900, "Hosting")))
        link.confirm_difference = True
        link.group_ids.line_id = link.line_ids[1]
        self.assertEqual(link.difference, 600)
        with self.assertRaisesRegex(UserError, "600.00"):
            link.action_save()
        with self.assertRaises(AccessError):
            link.confirmed_difference = 600
        link.confirm_difference = True
        self.assertEqual(self._saved(link).line_ids[1].hours, 3)

    def test_lines_that_differ_both_ways_are_a_difference_too(self):
        shop = self._make_project("Shop", self.customer)
        self._make_hours(3)
        self._make_hours(2, project=shop)
        link = self._compared(self._bill((3, 110, "Website"), (2, 85, "Shop")), group_by="project")
        self.assertEqual((link.difference, link.difference_size), (0, 60))
        with self.assertRaisesRegex(UserError, "by line they differ"):
            link.action_save()
        link.confirm_difference = True
        self.assertEqual(sorted(self._saved(link).hour_ids.mapped("amount")), [170, 330])

    def test_hours_that_fit_no_line_go_to_a_line_of_choice(self):
        self._make_hours(3)
        link = self._compared(self._bill((1, 70, "Hosting"), (1, 80, "Domain")))
        self.assertEqual(link.unassigned_count, 1)
        with self.assertRaisesRegex(UserError, "Choose the line"):
            link.action_save()
        link.group_ids.line_id = link.line_ids[0]
        link.confirm_difference = True
        self.assertEqual(self._saved(link).line_ids[0].hours, 3)

    def test_a_lump_sum_is_shared_by_its_hours(self):
        self.env["keeping.exact.rate"].search([]).unlink()
        self._make_hours(1, 2)
        link = self._compared(self._bill((1, 1000, "Fixed price")))
        self.assertFalse(link.difference_size)
        hours = self._saved(link).hour_ids
        self.assertEqual(sorted(hours.mapped("amount")), [333.33, 666.67])

    def test_a_discount_on_the_line_is_kept(self):
        self._make_hours(3)
        guid = self._bill()
        self._change_line(guid, Discount=0.1)
        link = self._compared(guid)
        self.assertEqual(link.difference, -30)
        link.confirm_difference = True
        line = self._saved(link).line_ids
        self.assertEqual((line.unit_price, line.amount), (100, 270))

    def test_an_invoice_that_changes_meanwhile_is_shown_again_and_not_linked(self):
        hours = self._make_hours(3)
        guid = self._bill()
        link = self._compared(guid)
        self._change_line(guid, UnitPrice=110)
        action = link.action_save()
        self.assertEqual(action["res_model"], link._name)
        self.assertIn("Nothing is linked yet", link.notice)
        self.assertEqual((link.line_ids.unit_price, link.difference), (110, 30))
        self.assertEqual(hours.keeping_exact_state, "to_invoice")
        link.confirm_difference = True
        self.assertEqual(self._saved(link).amount_untaxed, 330)

    def test_hours_that_others_take_meanwhile_are_shown_and_not_linked(self):
        hours = self._make_hours(3, 2)
        link = self._compared(self._bill((5, 100, "Website")))
        drafts = self._preview(timesheet_ids=hours[0].ids)
        action = link.action_save()
        self.assertEqual(action["res_model"], link._name)
        self.assertIn(drafts.name, link.notice)
        self.assertEqual((link.group_ids.count, link.difference), (1, 300))
        self.assertEqual(hours[1].keeping_exact_state, "to_invoice")

    def test_hours_exchanged_for_others_of_the_same_length_are_noticed(self):
        hours = self._make_hours(3)
        link = self._compared(self._bill())
        hours.unlink()
        self._make_hours(3)
        self.assertEqual(link.action_save()["res_model"], link._name)

    def test_an_invoice_is_linked_once(self):
        self._make_hours(3, 4)
        guid = self._bill((7, 100, "Website"))
        first, second = self._compared(guid), self._compared(guid)
        invoice = self._saved(first)
        with self.assertRaisesRegex(UserError, f"^invoicer .* has linked .*{invoice.name}"):
            second.action_save()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            invoice.sudo().copy({"guid": guid, "state": "open"}).flush_recordset()
        invoice.with_user(self.invoicer).action_release()
        again = self._linked(guid)
        self.assertNotEqual(again, invoice)
        self.assertEqual(invoice.state, "disconnected")

    def test_one_that_is_being_looked_up_is_not_linked_by_hand(self):
        self._make_hours(3)
        draft = self._preview()
        guid = self._bill(Description=f"October {draft.name}")
        self._make_hours(3)
        with self.assertRaisesRegex(UserError, draft.name):
            self._chosen(guid)

    def test_credit_notes_are_refused(self):
        with self.assertRaisesRegex(UserError, "credit note"):
            self._chosen(self._bill(Type=8021))
        with self.assertRaisesRegex(UserError, "credit note"):
            self._chosen(self._bill((-3, 100, "Back")))

    def test_an_invoice_that_is_gone_is_told(self):
        self._make_hours(3)
        guid = self._bill()
        link = self._compared(guid)
        with self.administration._get_client() as client:
            client.delete("salesinvoice/SalesInvoices", UUID(guid))
        with self.assertRaisesRegex(UserError, "does not show this invoice any more"):
            link.action_save()

    def test_hours_billed_before_are_linked_once_more_only_on_purpose(self):
        hours = self._make_hours(3)
        self._preview()
        link = self._chosen(self._bill(), invoiced_policy="include")
        link.write({"date_from": "2026-10-01", "date_to": "2026-10-31"})
        with self.assertRaisesRegex(UserError, "on an invoice of this administration already"):
            link.action_compare()
        link.confirm_repeated = True
        link.action_compare()
        self._saved(link)
        self.assertEqual(sorted(hours.keeping_exact_hour_ids.mapped("repeat_no")), [0, 1])

    def test_customers_that_were_given_up_do_not_stand_in_the_way(self):
        partner = self._make_partner("Tweede klant")
        self._make_hours(3, project=self._make_project("Shop", partner))
        values = {"administration_id": self.administration.id, "partner_id": partner.id}
        self.env["keeping.exact.customer"].sudo().create(
            [{**values, "name": f"Refused {number}", "active": False} for number in (1, 2)]
        )
        theirs = self.theirs[1]
        period = {"date_from": "2026-10-01", "date_to": "2026-10-31"}
        invoice = self._linked(self._bill(customer=theirs), partner_id=partner.id, **period)
        self.assertEqual((invoice.sudo().customer_id, theirs.partner_id), (theirs, partner))

    def test_it_makes_no_invoices(self):
        link = self._open_link()
        with self.assertRaisesRegex(UserError, "only linked"):
            link.action_create()
        with self.assertRaisesRegex(UserError, "only linked"):
            link.action_preview()
        with self.assertRaisesRegex(UserError, "Choose the invoice first"):
            link.action_compare()
        with self.assertRaisesRegex(UserError, "Choose the invoice first"):
            link.action_save()


@tagged("post_install", "-at_install")
class TestLinkSavingLenient(TestLinkSaving):
    profile = "lenient"
