import base64

from odoo import models
from odoo.tools import formatLang
from odoo.tools.misc import file_path, format_date

from .. import specification
from ..tools.periods import describe_days
from ..tools.texts import clock
from .keeping_exact_invoice import LIVE_STATES

FONTS = "web/static/fonts/google/Roboto/Roboto-%s.ttf"
CHOICES = ("person", "task", "text", "amount")


class KeepingExactInvoiceSpecificationTexts(models.Model):
    """What stands on the hours specification of an invoice, in the language of the customer."""

    _inherit = "keeping.exact.invoice"

    def _draw_specification(self):
        """Return the bytes of the PDF.

        As superuser: the caller has checked that the user may see the amounts of this invoice.
        """
        self.ensure_one()
        return specification.draw(self._in_lang()._describe_specification(), *_find_fonts())

    def _get_specification_title(self):
        """Return what the document is called in Exact."""
        invoice = self._in_lang()
        return f"{invoice.env._('Hours specification')} {invoice._describe_period()}"

    def _get_specification_name(self):
        """Return the name of the file."""
        invoice = self._in_lang()
        return f"{invoice.env._('Hours specification')} {invoice.name}.pdf"

    def _in_lang(self):
        self.ensure_one()
        invoice = self.sudo()
        lang = invoice.customer_id._get_lang(invoice.partner_id) or "en_US"
        return invoice.with_company(invoice.company_id).with_context(lang=lang)

    def _get_specified_hours(self):
        """Return the hours that the invoice bills, by project and date.

        Those that it covers are on no line of it, and cost nothing more.
        """
        self.ensure_one()
        live = self.state in LIVE_STATES
        hours = self.hour_ids.filtered(lambda h: not h.covered and (h.live or not live))
        return hours.sorted(lambda h: (h.project_id.name or "", h.project_id.id, h.date, h.id))

    def _describe_period(self):
        days = self._get_specified_hours().mapped("date")
        return describe_days(self.env, min(days), max(days)) if days else ""

    # ------------------------------------------------------------------ texts

    def _describe_specification(self):
        hours, company = self._get_specified_hours(), self.company_id
        labels = self._get_labels(hours)
        by_project = hours.grouped("project_id").items()
        return specification.Specification(
            title=self.env._("Hours specification"),
            organisation=company.name,
            language=self.env.context["lang"].replace("_", "-"),
            labels=labels,
            recipient=self._get_recipient(),
            facts=self._get_facts(hours, labels),
            groups=[self._describe_project(project, rows) for project, rows in by_project],
            total=self._sum(hours, self.env._("Total")),
            footer=f"{company.name} · {self.name}",
            logo=_get_logo(company),
        )

    def _get_labels(self, hours):
        """Return the headings of the columns that are chosen and have something in them."""
        administration = self.administration_id
        shown = {name for name in CHOICES if administration[f"specification_{name}"]}
        if not hours.task_id:
            shown.discard("task")
        shown |= {"date", "hours", *(["worked"] if _differ(hours) else [])}
        labels = {
            "date": self.env._("Date"),
            "person": self.env._("Person"),
            "task": self.env._("Task"),
            "text": self.env._("Description"),
            "worked": self.env._("Worked"),
            "hours": self.env._("Billed") if "worked" in shown else self.env._("Hours"),
            "amount": self.env._("Amount (%s)", self.currency_id.name),
        }
        return {name: label for name, label in labels.items() if name in shown}

    def _get_recipient(self):
        partner = self.partner_id
        address = partner._display_address(without_company=True).splitlines()
        return [partner.name or "", *(line.strip() for line in address if line.strip())]

    def _get_facts(self, hours, labels):
        facts = [
            (self.env._("Period"), self._describe_period()),
            (self.env._("Our reference"), self.name),
        ]
        if self.your_ref:
            facts.append((self.env._("Your reference"), self.your_ref))
        if "worked" in labels:
            facts.append((self.env._("Hours worked"), clock(sum(hours.mapped("hours")))))
        facts.append((self.env._("Hours billed"), clock(sum(hours.mapped("billed_hours")))))
        if "amount" in labels:
            amount = formatLang(
                self.env, sum(hours.mapped("amount")), currency_obj=self.currency_id
            )
            facts.append((self.env._("Amount excl. VAT"), amount))
        return facts

    def _describe_project(self, project, rows):
        name = project.name or self.env._("Other hours")
        return specification.Group(
            name,
            [self._describe_hour(hour) for hour in rows],
            self._sum(rows, self.env._("Subtotal %s", name)),
        )

    def _describe_hour(self, hour):
        return specification.Entry(
            date=format_date(self.env, hour.date),
            person=hour.employee_id.name or hour.user_id.name or "",
            task=hour.task_id.name or "",
            # Odoo's own mark for an entry without a text.
            text="" if hour.name == "/" else hour.name or "",
            worked=clock(hour.hours),
            hours=clock(hour.billed_hours),
            amount=self._format(hour.amount),
        )

    def _sum(self, hours, word):
        return specification.Entry(
            text=word,
            worked=clock(sum(hours.mapped("hours"))),
            hours=clock(sum(hours.mapped("billed_hours"))),
            amount=self._format(sum(hours.mapped("amount"))),
        )

    def _format(self, amount):
        return formatLang(self.env, amount, digits=self.currency_id.decimal_places)


def _differ(hours):
    """Tell whether another number of hours was billed than was entered, by a minute or more."""
    return any(clock(hour.hours) != clock(hour.billed_hours) for hour in hours)


def _get_logo(company):
    logo = not company.uses_default_logo and company.partner_id.image_512
    return base64.b64decode(logo) if logo else None


def _find_fonts():
    """Return the paths of a typeface that comes with Odoo, or nothing where it was left out."""
    try:
        return [file_path(FONTS % style) for style in ("Regular", "Bold")]
    except FileNotFoundError:
        return []
