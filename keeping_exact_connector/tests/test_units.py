from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .checks_case import ChecksCase
from .common import ExactCase
from .sandbox_case import SendingCase


@tagged("post_install", "-at_install")
class TestUnits(ExactCase):
    """The unit of a line is that of its item in Exact, unless one is chosen here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kinds = {"hour": ("T", "hh"), "day": ("T", "dd"), "pc": ("O", False), "x": (False, False)}
        cls.hour, cls.day, cls.piece, cls.unknown = (
            cls._make_unit(code, type=kind, time_unit=time) for code, (kind, time) in kinds.items()
        )

    @classmethod
    def _make_unit(cls, code, administration=None, **vals):
        home = administration or cls.administration
        vals = {"administration_id": home.id, "guid": code, "code": code, "name": code, **vals}
        return cls.env["keeping.exact.unit"].sudo().create(vals)

    def _draft(self, **vals):
        self._make_hours(1, task_id=self.task.id)
        self._make_hours(2)
        return self._preview(group_by="project_task", **vals)

    def _payload(self, draft):
        return draft.sudo()._prepare_exact_payload()["SalesInvoiceLines"]

    def test_a_unit_is_sent_only_where_it_was_chosen(self):
        draft = self._draft()
        self.assertFalse([line for line in self._payload(draft) if "UnitCode" in line])
        draft.line_ids[0].unit_id = self.hour
        self.assertEqual([line.get("UnitCode") for line in self._payload(draft)], ["hour", None])

    def test_the_empty_field_says_which_unit_exact_takes(self):
        draft = self._draft()
        first, second = draft.line_ids
        self.assertEqual(first.item_unit, "That of the item")
        Item = self.env["keeping.exact.item"].sudo()
        vals = {"administration_id": self.administration.id, "is_sales": True, "name": "x"}
        first.item_id = Item.create({**vals, "guid": "i", "code": "A", "unit": "hour"})
        second.item_id = Item.create({**vals, "guid": "j", "code": "B", "unit": "other"})
        self.assertEqual(
            draft.line_ids.mapped("item_unit"), ["hour · hour (of the item)", "other (of the item)"]
        )

    def test_lines_of_different_units_are_not_merged_and_merged_ones_keep_theirs(self):
        draft = self._draft()
        first, second = draft.line_ids.sorted("sequence")
        first.unit_id = self.hour
        with self.assertRaisesRegex(UserError, "differ in Unit"):
            second.action_merge_up()
        second.unit_id = self.hour
        second.action_merge_up()
        self.assertEqual((draft.line_ids.unit_id, draft.hours), (self.hour, 3))

    def test_a_unit_of_other_books_is_refused(self):
        line = self._draft().line_ids[0]
        second = self._make_administration(self.company, 100007)
        with self.assertRaisesRegex(ValidationError, "different administrations"):
            line.unit_id = self._make_unit("hour", second)
        theirs = self._make_administration(self.other_company, 100002)
        with self.assertRaises(UserError):
            line.unit_id = self._make_unit("hour", theirs)
        own = {"invoice_id": line.invoice_id.id, "name": "Travel", "unit_price": 1}
        with self.assertRaisesRegex(ValidationError, "different administrations"):
            self.env["keeping.exact.invoice.line"].with_user(self.invoicer).create(
                {**own, "unit_id": self._make_unit("day", second).id}
            )

    def test_a_line_without_hours_has_any_unit(self):
        draft = self._draft()
        vals = {"invoice_id": draft.id, "name": "Travel", "quantity": 2, "unit_price": 1}
        Line = self.env["keeping.exact.invoice.line"].with_user(self.invoicer)
        added = Line.create({**vals, "unit_id": self.piece.id})
        self.assertEqual(added.unit_id, self.piece)
        self.assertFalse(draft.warnings)

    def test_hours_in_a_unit_that_is_no_hour_are_told_of(self):
        draft = self._draft()
        line = draft.line_ids[0]
        for unit, odd in (
            (self.hour, False),
            (self.unknown, False),
            (self.day, True),
            (self.piece, True),
        ):
            with self.subTest(unit=unit.code):
                line.unit_id = unit
                self.assertEqual(f"is {unit.code} · {unit.code}" in (draft.warnings or ""), odd)
        # It warns, and refuses nothing: who bills days may have agreed on it.
        draft.action_send()
        self.assertEqual(draft.state, "queued")

    def test_hours_that_go_out_as_one_piece_may_be_pieces(self):
        self._make_hours(7.25)
        line = self._preview(rate_mode="line_amount", rate=0).line_ids
        line.amount = 1000
        self.assertTrue(line.whole)
        line.unit_id = self.piece
        self.assertFalse(line.invoice_id.warnings)

    def test_a_unit_that_is_out_of_use_is_told_of(self):
        draft = self._draft()
        draft.line_ids[0].unit_id = self.hour
        self.assertFalse(draft.warnings)
        self.hour.active = False
        draft.invalidate_recordset()
        self.assertIn("hour · hour is no longer in use", draft.warnings)

    def test_who_may_not_invoice_chooses_no_unit(self):
        line = self._draft().line_ids[0]
        for user in (self.viewer, self.administrator, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                line.with_user(user).unit_id = self.hour


@tagged("post_install", "-at_install")
class TestUnitsInExact(SendingCase):
    def _find(self, code):
        mine = [("administration_id", "=", self.administration.id), ("code", "=", code)]
        return self.env["keeping.exact.unit"].with_context(active_test=False).search(mine)

    def _change(self, code, **values):
        path = f"rows/{self.administration.code}/logistics/Units"
        self.sandbox.control("POST", path, {"where": {"Code": code}, "values": values})

    def test_units_are_read_with_what_they_measure(self):
        hour, piece = self._find("hour"), self._find("pc")
        self.assertEqual((hour.name, hour.type, hour.time_unit), ("Uur", "T", "hh"))
        self.assertEqual((piece.name, piece.type, piece.time_unit), ("Stuk", "O", False))
        self.assertFalse(self._find("day")._get_changed({"active": True}))

    def test_what_is_out_of_use_or_gone_is_archived_and_an_empty_list_proves_nothing(self):
        self._change("day", Active=False)
        self._change("week", Code="wk")
        path = f"rows/{self.administration.code}/logistics/Units"
        self.sandbox.control("DELETE", path, {"where": {"Code": "min"}})
        self._read_lists()
        self.assertEqual([self._find(code).active for code in ("day", "min")], [False, False])
        self.assertEqual((self._find("wk").name, self._find("week").id), ("Week", False))
        for code in ("hour", "day", "wk", "pc"):
            self.sandbox.control("DELETE", path, {"where": {"Code": code}})
        self.assertFalse(self._rows("logistics/Units"))
        self._read_lists()
        self.assertTrue(self._find("hour").active)

    def test_the_chosen_unit_is_on_the_invoice_in_exact(self):
        self._make_hours(1.5)
        draft = self._preview()
        draft.line_ids.unit_id = self._find("min")
        draft.action_send()
        self._send()
        self.assertEqual(draft.state, "open", draft.error_message)
        [row] = self._in_exact(draft)
        units = [
            line["UnitCode"]
            for line in self._rows("salesinvoice/SalesInvoiceLines")
            if line["InvoiceID"] == row["InvoiceID"]
        ]
        self.assertEqual(units, ["min"])

    def test_a_unit_that_exact_no_longer_knows_is_named_and_can_be_replaced(self):
        self._make_hours(1)
        draft = self._preview()
        draft.line_ids.unit_id = self._find("week")
        self._change("week", Code="wk")
        draft.action_send()
        self._send()
        self.assertEqual((draft.state, draft.error_code), ("failed", "unit_invalid"))
        self.assertIn("does not know the unit", draft.error_message)
        self.assertIn("another unit on the lines of this invoice", draft.error_remedy)
        draft.line_ids.unit_id = False
        draft.action_retry()
        self._send()
        self.assertEqual(draft.state, "open", draft.error_message)

    def test_refused_lists_are_asked_for_again_only_with_the_right(self):
        self.sandbox.add_fault(method="GET", path="logistics/Units", kind="status", status=403)
        self._read_lists()
        self.assertEqual(self.administration.unread_lists, "keeping.exact.unit")
        self.assertTrue(self._find("hour").active)
        self.sandbox.clear_faults()
        self._read_lists()
        self.assertFalse(self.administration.unread_lists)


@tagged("post_install", "-at_install")
class TestUnitsWithoutTheRight(ChecksCase):
    profile = "strict"

    def test_without_the_right_to_view_items_one_call_is_refused_and_no_more(self):
        self._rights(without="items.view")
        self.addCleanup(self._rights)
        administration = self._link()
        units = self.env["keeping.exact.unit"].search(
            [("administration_id", "=", administration.id)]
        )
        self.assertFalse(units)
        refused = {path: n for path, n in self._errors().items() if path.endswith("/Units")}
        self.assertEqual(set(refused.values()), {1})
        for _day in range(2):
            self._read_lists()
        again = {path: n for path, n in self._errors().items() if path.endswith("/Units")}
        self.assertEqual(again, refused)
        self.assertIn("keeping.exact.unit", administration.unread_lists)
