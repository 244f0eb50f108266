from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..tools import templates
from .common import ExactCase


@tagged("post_install", "-at_install")
class TestLineTexts(ExactCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("nl_NL")
        cls.books = cls.administration.with_user(cls.administrator).with_context(lang="en_US")

    def _lines(self, **vals):
        invoice = self._preview(**vals)
        texts = invoice.line_ids.sorted("sequence").mapped("name")
        self.header = invoice.description
        invoice.action_release()
        return texts

    def test_a_template_says_what_its_placeholders_stand_for(self):
        self._make_hours(1.5, task_id=self.task.id)
        self._make_hours(2, date="2026-11-03")
        self.books.write(
            {
                "line_template": "{project} - {task} ({employee}), {period}: {hours} {reference}",
                "header_template": "{customer}, {month} {reference}",
            }
        )
        self.assertEqual(
            self._lines(group_by="project_task", your_ref="PO 7"),
            [
                "Website - Design (Viewer), 10/12/2026: 1:30 PO 7",
                "Website - (Viewer), 11/03/2026: 2:00 PO 7",
            ],
        )
        self.assertEqual(self.header, "Klant & Zoon, October 2026 - November 2026 PO 7")
        self.assertEqual(self._lines(description="By hand") and self.header, "By hand")

    def test_texts_are_in_the_language_of_the_customer(self):
        self.books.line_template = "Work on {project} in {month}"
        self.books.with_context(lang="nl_NL").line_template = "Werk aan {project} in {month}"
        self._make_hours(1)
        self.assertEqual(self._lines(), ["Work on Website in October 2026"])
        self.customer.lang = "nl_NL"
        self.assertEqual(self._lines(), ["Werk aan Website in Oktober 2026"])

    def test_the_language_of_the_card_in_exact_goes_before_that_of_the_contact(self):
        card = self._make_customer("Klant", partner_id=self.customer.id, language="NL")
        self._make_hours(1)
        self._lines(group_by="month")
        self.assertEqual(self._lines(group_by="month"), ["Oktober 2026"])
        for known in ("FR", False):
            # One that Odoo does not have, and a card without.
            card.language = known
            self.assertEqual(self._lines(group_by="month"), ["October 2026"])
        head = self._make_customer("Hoofdkantoor", language="NL")
        card.invoice_account = head.guid
        self.assertEqual(self._lines(group_by="month"), ["Oktober 2026"])

    def test_a_template_with_nothing_to_say_gives_way_to_the_grouping(self):
        self.books.line_template = "{task}"
        self._make_hours(1)
        self.assertEqual(self._lines(group_by="project"), ["Website"])

    def test_many_descriptions_end_in_dots(self):
        self.books.line_template = "{project}: {description}"
        self._make_hours(1, 1, 1, 1, 1)
        self.assertEqual(self._lines(), ["Website: Work 0; Work 1; Work 2 …"])

    def test_an_unknown_placeholder_is_refused_with_those_there_are(self):
        for template, wrong in (("{projct}", r"\{projct\}"), ("{project", r"\{"), ("{}", r"\{\}")):
            with (
                self.subTest(template),
                self.assertRaisesRegex(
                    ValidationError,
                    rf"Text of lines: there is no {wrong}.*\{{project\}} \{{task\}}",
                ),
            ):
                self.books._check_template("line_template", template)
        with self.assertRaisesRegex(ValidationError, "Header of invoices: there is no {task}"):
            self.books._check_template("header_template", "{task}")
        self.books.line_template = "{project}"
        with self.assertRaisesRegex(ValidationError, "{projekt}"):
            self.books.update_field_translations("line_template", {"nl_NL": "{projekt}"})
        with self.assertRaisesRegex(ValidationError, "{projekt}"):
            self.books.line_template = "{projekt}"

    def test_the_form_shows_how_it_reads(self):
        self.books.write({"line_template": "{project}: {task}", "header_template": "{month}"})
        self.assertEqual(self.books.line_preview, "Website: Design")
        self.assertEqual(self.books.header_preview, "October 2026")

    def test_only_administrators_set_templates(self):
        with self.assertRaises(AccessError):
            self.administration.with_user(self.invoicer).line_template = "{project}"

    def test_a_template_reaches_nothing_but_its_values(self):
        self.assertEqual(
            templates.find_unknown("{project.__class__}", templates.LINE), ["{project.__class__}"]
        )
        self.assertEqual(templates.fill("{a.__class__} {b}", {"b": "{c}"}), "{a.__class__} {c}")

    def _count_queries(self, projects):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._wizard(project_ids=projects.ids, group_by="project_task").action_preview()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_more_lines_take_no_more_queries(self):
        self.books.line_template = "{project} {task} {employee} {description}"
        made = self.env["project.project"]
        for position in range(45):
            project = self._make_project(f"Project {position}", self.customer)
            project.keeping_exact_your_ref = "PO"
            made |= project
            self._make_hours(1, project=project)
        self._count_queries(made[:2])
        self.assertLessEqual(self._count_queries(made[5:45]), self._count_queries(made[2:5]) + 1)
