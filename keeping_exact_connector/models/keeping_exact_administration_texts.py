from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import templates
from ..tools.periods import describe_days, describe_month

# Of which templates, and what they may refer to.
PLACEHOLDERS = {"line_template": templates.LINE, "header_template": templates.HEADER}


class KeepingExactAdministrationTexts(models.Model):
    """How lines and heads of invoices read, in the language of the customer."""

    _inherit = "keeping.exact.administration"

    line_template = fields.Char(
        string="Text of lines",
        translate=True,
        help="Empty: what the lines are grouped by. Placeholders: "
        "{project} {task} {employee} {description} {period} {month} {hours} {customer} "
        "{reference}. Use the language button for customers in other languages.",
    )
    header_template = fields.Char(
        string="Header of invoices",
        translate=True,
        help="Empty: the days of the hours. Placeholders: {project} {period} {month} {hours} "
        "{customer} {reference}. Our own reference is put behind it.",
    )
    line_preview = fields.Char(
        string="Line reads", compute="_compute_previews", export_string_translation=False
    )
    header_preview = fields.Char(
        string="Header reads", compute="_compute_previews", export_string_translation=False
    )

    # ------------------------------------------------------------------ compute

    @api.depends("line_template", "header_template")
    @api.depends_context("lang")
    def _compute_previews(self):
        example = self._get_example()
        for administration in self:
            for name in ("line", "header"):
                template = administration[f"{name}_template"]
                administration[f"{name}_preview"] = template and templates.fill(template, example)

    def _get_example(self):
        first, last = date(2026, 10, 1), date(2026, 10, 31)
        return {
            "project": self.env._("Website"),
            "task": self.env._("Design"),
            "employee": self.env._("Anna de Vries"),
            "description": self.env._("Home page; menu"),
            "period": describe_days(self.env, first, last),
            "month": describe_month(self.env, first, last),
            "hours": "12:30",
            "customer": self.env._("Jansen BV"),
            "reference": "PO 1234",
        }

    # ------------------------------------------------------------------ constrains

    @api.constrains("line_template", "header_template")
    def _check_templates(self):
        for administration in self:
            for name in PLACEHOLDERS:
                self._check_template(name, administration[name])

    @api.model
    def _check_template(self, name, template):
        """Refuse a template that refers to what there is not.

        :raise ValidationError: names what is wrong and what there is
        """
        if wrong := templates.find_unknown(template, PLACEHOLDERS[name]):
            raise ValidationError(
                self.env._(
                    "%(field)s: there is no %(wrong)s. You can use: %(known)s",
                    field=self._fields[name].get_description(self.env)["string"],
                    wrong=", ".join(wrong),
                    known=" ".join(f"{{{known}}}" for known in PLACEHOLDERS[name]),
                )
            )

    # ------------------------------------------------------------------ CRUD

    def update_field_translations(self, field_name, translations, source_lang=""):
        """Check the texts of the language dialog too, which go round the constraints."""
        if field_name in PLACEHOLDERS:
            for template in translations.values():
                self._check_template(field_name, template)
        return super().update_field_translations(field_name, translations, source_lang)
