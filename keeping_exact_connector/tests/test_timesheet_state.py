from odoo.tests import tagged

from .common import ExactCase


@tagged("post_install", "-at_install")
class TestTimesheetState(ExactCase):
    def test_state_follows_the_link(self):
        hours = self._make_hours(1)
        self.assertEqual(hours.keeping_exact_state, "to_invoice")
        invoice = self._preview().sudo()
        for state, expected in (
            ("draft", "reserved"),
            ("failed", "reserved"),
            ("uncertain", "reserved"),
            ("open", "invoiced"),
            ("processed", "invoiced"),
            ("paid", "paid"),
        ):
            self._bring(invoice, state)
            self.env.invalidate_all()
            self.assertEqual(hours.keeping_exact_state, expected, state)
            found = hours.search([("id", "=", hours.id), ("keeping_exact_state", "=", expected)])
            self.assertEqual(found, hours, state)

    def test_hours_without_a_customer_are_not_billable(self):
        internal = self._make_project("Internal", self.env["res.partner"])
        hours = self._make_hours(1, project=internal)
        self.assertEqual(hours.keeping_exact_state, "not_billable")

    def test_search_is_the_same_as_the_field(self):
        self._make_hours(1, 2)
        self._preview()
        self._make_hours(3)
        self._make_hours(4, project=self._make_project("Internal", self.env["res.partner"]))
        lines = self.env["account.analytic.line"].search([("company_id", "=", self.company.id)])
        for operator, value in (
            ("=", "reserved"),
            ("!=", "reserved"),
            ("in", ["to_invoice", "not_billable"]),
            ("not in", ["to_invoice"]),
            ("=", "paid"),
        ):
            with self.subTest(operator=operator, value=value):
                values = value if isinstance(value, list) else [value]
                negative = operator in ("!=", "not in")
                expected = lines.filtered(
                    lambda line, values=values, negative=negative: (
                        (line.keeping_exact_state in values) != negative
                    )
                )
                found = lines.search(
                    [("id", "in", lines.ids), ("keeping_exact_state", operator, value)]
                )
                self.assertEqual(found, expected)

    def test_others_are_told_no_amounts_but_the_search_counts_their_hours(self):
        mine = self._make_hours(1)
        theirs = self._make_hours(2, user=self.invoicer)
        self._preview()
        own = self.env["keeping.exact.hour"].with_user(self.viewer).search([])
        self.assertEqual(own.timesheet_id, mine)
        free = (
            self.env["account.analytic.line"]
            .with_user(self.invoicer)
            .search([("id", "in", (mine | theirs).ids), ("keeping_exact_state", "=", "to_invoice")])
        )
        self.assertFalse(free)

    def test_the_report_tells_and_finds_the_same(self):
        self._make_hours(1, 2)
        self._preview()
        self._make_hours(3)
        self.env.flush_all()
        lines = self.env["account.analytic.line"].search([("company_id", "=", self.company.id)])
        report = self.env["timesheets.analysis.report"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(set(report.ids), set(lines.ids))
        for state in ("to_invoice", "reserved"):
            with self.subTest(state=state):
                wanted = lines.filtered(lambda line, state=state: line.keeping_exact_state == state)
                found = report.search(
                    [("id", "in", report.ids), ("keeping_exact_state", "=", state)]
                )
                self.assertEqual(set(found.ids), set(wanted.ids))
                self.assertEqual(set(found.mapped("keeping_exact_state")), {state})

    def test_views_made_from_those_we_extend_are_valid_for_their_model(self):
        """Other models borrow these views; what we add has to hold for them too."""
        View = self.env["ir.ui.view"]
        ours = View.search([("model_data_id.module", "=", "keeping_exact_connector")])
        extended = ours.inherit_id
        borrowed = View.search([("inherit_id", "in", extended.ids), ("mode", "=", "primary")])
        self.assertIn("timesheets.analysis.report", borrowed.mapped("model"))
        for view in borrowed:
            with self.subTest(view=view.xml_id):
                view._check_xml()
