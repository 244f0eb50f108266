from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ExactCase
from .sandbox_case import SendingCase


@tagged("post_install", "-at_install")
class TestBookings(ExactCase):
    """Items, cost centres and cost units of hours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.centre, cls.other_centre = (
            cls._make_mirror("cost.centre", code) for code in ("ADV", "OPL")
        )
        cls.unit = cls._make_mirror("cost.unit", "NOORD")
        cls.ledger = cls._make_mirror("ledger", "8000", cost_centre_use="1", cost_unit_use="0")
        cls.group = cls._make_mirror("item.group", "UREN", ledger_guid=cls.ledger.guid)
        cls.item = cls._make_mirror(
            "item", "UUR", group_guid=cls.group.guid, is_sales=True, fraction_allowed=True
        )
        cls.special = cls._make_mirror("item", "ADVIES", is_sales=True, fraction_allowed=True)
        cls.administration.sudo().item_id = cls.item

    @classmethod
    def _make_mirror(cls, model, code, administration=None, **vals):
        administration = administration or cls.administration
        return (
            cls.env[f"keeping.exact.{model}"]
            .sudo()
            .create(
                {
                    "administration_id": administration.id,
                    "guid": f"{model}-{code}",
                    "code": code,
                    "name": code.title(),
                    **vals,
                }
            )
        )

    def _values(self, **vals):
        lines = self._preview(**vals).line_ids.sorted("sequence")
        return [
            (line.hours, line.cost_centre_id.code or "", line.cost_unit_id.code or "")
            for line in lines
        ]

    def test_the_task_goes_before_the_project_and_that_before_the_employee(self):
        employee = self.env["hr.employee"].search([("user_id", "=", self.viewer.id)])
        employee.keeping_exact_cost_centre = "OPL"
        employee.keeping_exact_cost_unit = "NOORD"
        self._make_hours(1)
        self.project.keeping_exact_cost_centre = "ADV"
        other = self._make_project("Elders", self.customer)
        self._make_hours(2, project=other)
        self.task.keeping_exact_cost_centre = "OPL"
        self._make_hours(4, task_id=self.task.id)
        # Hours of one employee at two cost centres become two lines.
        self.assertEqual(
            self._values(group_by="employee"), [(1, "ADV", "NOORD"), (6, "OPL", "NOORD")]
        )

    def test_a_code_of_another_administration_is_found_here_by_itself(self):
        second = self._make_administration(self.company, 100007)
        there = self._make_mirror("cost.centre", "ADV", second)
        item = self._make_mirror("item", "ADVIES", second, is_sales=True)
        self.project.write(
            {"keeping_exact_cost_centre": "ADV", "keeping_exact_item_id": self.special.id}
        )
        self._make_hours(1)
        line = self._preview(administration_id=second.id).line_ids
        self.assertEqual((line.cost_centre_id, line.item_id), (there, item))
        with self.assertRaises(ValidationError):
            line.cost_centre_id = self.centre

    def test_the_item_is_that_of_the_rate_else_of_the_project_else_the_hours_item(self):
        self._make_hours(1)
        other = self._make_project("Elders", self.customer)
        other.keeping_exact_item_id = self.special
        self._make_hours(2, project=other)
        draft = self._preview(group_by="employee")
        self.assertEqual(
            {line.hours: line.item_id for line in draft.line_ids}, {1: self.item, 2: self.special}
        )
        draft.action_release()
        self.env["keeping.exact.rate"].create(
            {
                "company_id": self.company.id,
                "project_id": other.id,
                "hourly_rate": 90,
                "currency_id": self.euro.id,
                "item_id": self.item.id,
            }
        )
        draft = self._preview(partner_ids=self.customer.ids, project_ids=other.ids)
        self.assertEqual(draft.line_ids.item_id, self.item)

    def test_lines_of_different_cost_centres_are_not_merged(self):
        other = self._make_project("Elders", self.customer)
        other.keeping_exact_cost_centre = "ADV"
        self._make_hours(1)
        self._make_hours(2, project=other)
        draft = self._preview()
        with self.assertRaisesRegex(UserError, "differ in Cost Centre"):
            draft.line_ids[1].action_merge_up()

    def test_a_vat_code_that_cannot_be_on_an_invoice_is_refused_wherever_it_comes_from(self):
        self._make_hours(1)
        line = self._preview().line_ids
        second = self._make_administration(self.company, 100003)
        kinds = [{"type": "I"}, {"transaction_type": "P"}, {"blocked": True}]
        codes = [
            self.vat_code.copy({"guid": f"v{n}", "code": f"9{n}", **vals})
            for n, vals in enumerate(kinds)
        ]
        for code in codes:
            with self.assertRaisesRegex(ValidationError, "cannot be on an invoice"):
                line.write({"chosen_vat_code_id": code.id})
        there = self.vat_code.copy({"guid": "there", "administration_id": second.id})
        with self.assertRaisesRegex(ValidationError, "different administrations"):
            line.write({"chosen_vat_code_id": there.id})
        line.invoice_id.action_release()
        self.env["keeping.exact.rate"].create(
            {
                "company_id": self.company.id,
                "hourly_rate": 90,
                "currency_id": self.euro.id,
                "vat_code_id": codes[2].id,
            }
        )
        with self.assertRaisesRegex(ValidationError, "on the rate card too"):
            self._preview(rate_mode="rate_card")

    def test_a_demanded_cost_centre_is_asked_for_before_sending(self):
        self._make_hours(1)
        draft = self._preview()
        self.assertIn("8000 · 8000 demands a cost centre", draft.warnings)
        with self.assertRaisesRegex(UserError, f"lines of {draft.name}, and on the project"):
            draft.action_send()
        draft.line_ids.cost_centre_id = self.centre
        self.assertFalse(draft.warnings)
        draft.action_send()
        [line] = draft.sudo()._prepare_exact_payload()["SalesInvoiceLines"]
        self.assertEqual(line["CostCenter"], "ADV")
        self.assertNotIn("CostUnit", line)

    def test_made_and_sent_in_one_go_a_draft_without_it_stays(self):
        self._make_hours(1)
        self._wizard().action_create()
        self.assertEqual(self.env["keeping.exact.invoice"].search([], limit=1).state, "draft")

    def test_a_code_that_these_books_do_not_have_is_told_of(self):
        self.project.keeping_exact_cost_centre = "ADV"
        self.task.keeping_exact_cost_unit = "ZIUD"
        self._make_hours(1, task_id=self.task.id)
        draft = self._preview()
        self.assertIn("have no cost centre or cost unit ZIUD.", draft.warnings)
        self.assertNotIn("ADV", draft.warnings)
        self.task.keeping_exact_cost_unit = "NOORD"
        draft.invalidate_recordset()
        self.assertFalse(draft.warnings)

    def test_an_account_that_takes_no_cost_unit_gets_none(self):
        self.ledger.cost_unit_use = "2"
        self.project.write({"keeping_exact_cost_centre": "OPL", "keeping_exact_cost_unit": "NOORD"})
        self._make_hours(1)
        draft = self._preview()
        self.assertEqual(draft.line_ids.cost_unit_id, self.unit)
        [line] = draft.sudo()._prepare_exact_payload()["SalesInvoiceLines"]
        self.assertEqual(line["CostCenter"], "OPL")
        self.assertNotIn("CostUnit", line)

    def test_whoever_only_sees_links_sees_no_item_of_projects(self):
        with self.assertRaises(AccessError):
            self.project.with_user(self.viewer).read(["keeping_exact_item_id"])


@tagged("post_install", "-at_install")
class TestBookingsInExact(SendingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scopes = cls.sandbox.control("GET", "apps")["apps"][0]["scopes"]
        cls.sandbox.control("POST", "scopes", {"Financial costcenters": "read"})
        cls.sandbox.keep()

    def test_cost_centres_and_their_rules_are_read_and_sent(self):
        code = self.administration.code
        item = self.administration.item_id or self._hours_item()
        revenue = (
            item.ledger_guid
            or self.env["keeping.exact.item.group"]
            .search([("guid", "=", item.group_guid)])
            .ledger_guid
        )
        self.sandbox.control(
            "POST",
            f"rows/{code}/financial/GLAccounts",
            {"where": {"ID": revenue}, "values": {"UseCostcenter": 1}},
        )
        self._read_lists()
        self.assertEqual(item.ledger_id.cost_centre_use, "1")
        self._make_hours(1)
        draft = self._preview()
        with self.assertRaisesRegex(UserError, "demands a cost centre"):
            draft.action_send()
        draft.line_ids.cost_centre_id = self.env["keeping.exact.cost.centre"].search(
            [("administration_id", "=", self.administration.id), ("code", "=", "OPL")]
        )
        draft.action_send()
        self._send()
        self.assertEqual(draft.state, "open", draft.error_message)
        [row] = self._in_exact(draft)
        [line] = [
            line
            for line in self._rows("salesinvoice/SalesInvoiceLines")
            if line["InvoiceID"] == row["InvoiceID"]
        ]
        self.assertEqual(line["CostCenter"], "OPL")

    def test_a_list_that_cannot_be_read_loses_none_that_was_read_before(self):
        journal = self.administration.journal_id
        self.sandbox.control(
            "POST",
            f"rows/{self.administration.code}/financial/Journals",
            {"where": {"Code": journal.code}, "values": {"Description": "Uren en advies"}},
        )
        self.sandbox.add_fault(method="GET", path="GLAccounts", kind="status", status=503, times=5)
        self._read_lists()
        self.assertTrue(self.administration.sync_message)
        self.assertEqual(journal.name, "Uren en advies")

    def _hours_item(self):
        item = self.env["keeping.exact.item"].search(
            [
                ("administration_id", "=", self.administration.id),
                ("is_sales", "=", True),
                ("fraction_allowed", "=", True),
            ],
            limit=1,
        )
        self.administration.sudo().item_id = item
        return item

    def test_who_uses_no_cost_centres_does_not_ask_for_them(self):
        self.sandbox.clear_calls()
        self._read_lists()
        paths = [call["path"] for call in self.sandbox.calls()]
        self.assertTrue(any("GLAccounts" in path for path in paths))
        self.assertFalse([path for path in paths if "hrm/" in path])

    def test_without_the_scope_everything_else_is_read_all_the_same(self):
        self.sandbox.add_fault(method="GET", path="hrm/Costcenters", kind="status", status=403)
        self.project.keeping_exact_cost_centre = "OPL"
        self.task.keeping_exact_cost_unit = "NOORD"
        self._read_lists()
        self.assertTrue(
            self.env["keeping.exact.cost.unit"].search_count(
                [("administration_id", "=", self.administration.id)]
            )
        )
