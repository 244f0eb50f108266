"""Texts of lines and headers of drafts, in the customer's language."""

from dataclasses import dataclass

from odoo.tools import format_date

from ..pricing import Line
from ..tools import templates
from ..tools.periods import describe_days, describe_month
from ..tools.texts import clock, list_some

MODELS = {"project": "project.project", "task": "project.task", "employee": "hr.employee"}


@dataclass
class Drafted:
    """A priced line, the timesheets on it as read, and its text.

    :param Line line: what :func:`~..pricing.make_lines` made
    :param list rows: dicts of its timesheets, in the order of its entries
    """

    line: Line
    rows: list
    text: str = ""


@dataclass
class Recipient:
    """For whom an invoice is.

    :param partner: the commercial res.partner
    :param str lang: the language of its invoices
    :param reference: the customer's own reference on this invoice, or nothing
    """

    partner: object
    lang: str
    reference: str


class LineTexts:
    """Texts of lines and headers, in the customer's language.

    :param wizard: keeping.exact.invoice.create
    :param dict priced: lines by invoice; what they are about is read once for all
    """

    def __init__(self, wizard, priced):
        self.wizard = wizard
        self.group_by = wizard.group_by
        rows = [row for lines in priced.values() for drafted in lines for row in drafted.rows]
        self._ids = {
            kind: {row[f"{kind}_id"] for row in rows if row[f"{kind}_id"]} for kind in MODELS
        }
        self._names = {}

    def _env(self, lang):
        return self.wizard.sudo().with_context(lang=lang).env

    def _get_names(self, lang):
        """Return names by kind and id, read in one go for each language."""
        if lang not in self._names:
            env = self._env(lang)
            self._names[lang] = {
                kind: {record.id: record.name for record in env[model].browse(self._ids[kind])}
                for kind, model in MODELS.items()
            }
        return self._names[lang]

    def _get_template(self, lang, name):
        env = self._env(lang)
        return env["keeping.exact.administration"].browse(self.wizard.administration_id.id)[name]

    # ------------------------------------------------------------------ lines

    def name_lines(self, recipient, lines):
        """Give each line its text; hours go into it where the quantity does not show them.

        :param Recipient recipient: for whom the invoice is
        :param list lines: :class:`Drafted`
        """
        lang = recipient.lang
        env, template = self._env(lang), self._get_template(lang, "line_template")
        for drafted in lines:
            if template:
                drafted.text = templates.fill(template, self._describe(recipient, [drafted]))
            # A template of which nothing is left says less than the grouping.
            drafted.text = drafted.text or self._name(env, lang, drafted.rows[0])
            if drafted.line.whole and not templates.uses(template, "hours"):
                hours = clock(drafted.line.billed_hours)
                drafted.text = env._("%(text)s (%(hours)s hours)", text=drafted.text, hours=hours)

    def _name(self, env, lang, row):
        names = {
            kind: known.get(row[f"{kind}_id"]) for kind, known in self._get_names(lang).items()
        }
        if self.group_by == "task":
            return names["task"] or names["project"]
        if self.group_by == "task_employee":
            task = names["task"] or names["project"]
            return f"{task}: {names['employee'] or ''}".rstrip(": ")
        if self.group_by in ("day", "week", "month", "entry"):
            return self._name_day(env, lang, row)
        found = [names[kind] for kind in self.group_by.split("_") if names[kind]]
        return ": ".join(found) or env._("Hours")

    def _name_day(self, env, lang, row):
        if self.group_by == "month":
            return format_date(env, row["month"], lang, "MMMM yyyy").capitalize()
        if self.group_by == "week":
            year, week, _day = row["date"].isocalendar()
            return env._("Week %(week)s, %(year)s", week=week, year=year)
        day = format_date(env, row["date"], lang, "dd-MM-yyyy")
        return f"{day}: {row['name']}" if self.group_by == "entry" and row["name"] else day

    # ------------------------------------------------------------------ headers

    def name_header(self, recipient, lines):
        """Return the header of an invoice: by the template, else which days its hours are of.

        :param Recipient recipient: for whom the invoice is
        :param list lines: :class:`Drafted`
        """
        template = self._get_template(recipient.lang, "header_template")
        found = templates.fill(template, self._describe(recipient, lines)) if template else ""
        days = [row["date"] for drafted in lines for row in drafted.rows]
        return found or self._describe_days(recipient.lang, min(days), max(days))

    def _describe_days(self, lang, first, last):
        """Return which days hours are of."""
        env = self._env(lang)
        if first == last:
            return env._("Hours %(day)s", day=first.strftime("%d-%m-%Y"))
        return env._(
            "Hours %(first)s - %(last)s",
            first=first.strftime("%d-%m-%Y"),
            last=last.strftime("%d-%m-%Y"),
        )

    # ------------------------------------------------------------------ placeholders

    def _describe(self, recipient, lines):
        """Return what the placeholders stand for on these lines."""
        env, names = self._env(recipient.lang), self._get_names(recipient.lang)
        rows = [row for drafted in lines for row in drafted.rows]
        days = [row["date"] for row in rows]
        told = {
            kind: _list(known.get(row[f"{kind}_id"]) for row in rows)
            for kind, known in names.items()
        }
        return {
            **told,
            "description": _list((row["name"] for row in rows), "; "),
            "period": describe_days(env, min(days), max(days)),
            "month": describe_month(env, min(days), max(days)),
            "hours": clock(sum(drafted.line.billed_hours for drafted in lines)),
            "customer": recipient.partner.name,
            "reference": recipient.reference,
        }


def _list(texts, separator=", "):
    """Return different texts one after the other, the first few of them."""
    found = dict.fromkeys(text.strip() for text in texts if text and text.strip())
    return list_some(list(found), separator)
