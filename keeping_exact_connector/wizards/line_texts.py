"""Texts of lines and headers of drafts, in the customer's language."""

from dataclasses import dataclass

from odoo.tools import format_date

from ..pricing import Line


@dataclass
class Drafted:
    """A priced line, the timesheets on it as read, and its text.

    :param Line line: what :func:`~..pricing.make_lines` made
    :param list rows: dicts of its timesheets, in the order of its entries
    """

    line: Line
    rows: list
    text: str = ""


class LineTexts:
    """Texts of lines and headers, in the customer's language."""

    def __init__(self, wizard):
        self.wizard = wizard
        self.group_by = wizard.group_by

    def _env(self, lang):
        return self.wizard.sudo().with_context(lang=lang).env

    def name_lines(self, lang, lines):
        """Give each line its text; hours go into it where the quantity does not show them.

        :param str lang: of the customer
        :param list lines: :class:`Drafted`
        """
        env = self._env(lang)
        for drafted in lines:
            drafted.text = self._name(env, lang, drafted.rows[0])
            if drafted.line.whole:
                hours = _clock(drafted.line.billed_hours)
                drafted.text = env._("%(text)s (%(hours)s hours)", text=drafted.text, hours=hours)

    def _name(self, env, lang, row):
        parts = {
            "project": lambda: env["project.project"].browse(row["project_id"]).name,
            "task": lambda: env["project.task"].browse(row["task_id"]).name,
            "employee": lambda: env["hr.employee"].browse(row["employee_id"]).name,
        }
        if self.group_by == "task":
            return (row["task_id"] and parts["task"]()) or parts["project"]()
        if self.group_by == "task_employee":
            task = (row["task_id"] and parts["task"]()) or parts["project"]()
            return f"{task}: {parts['employee']() or ''}".rstrip(": ")
        if self.group_by in ("day", "week", "month", "entry"):
            return self._name_day(env, lang, row)
        names = [parts[name]() for name in self.group_by.split("_") if row[f"{name}_id"]]
        return ": ".join(names) or env._("Hours")

    def _name_day(self, env, lang, row):
        if self.group_by == "month":
            return format_date(env, row["month"], lang, "MMMM yyyy").capitalize()
        if self.group_by == "week":
            year, week, _day = row["date"].isocalendar()
            return env._("Week %(week)s, %(year)s", week=week, year=year)
        day = format_date(env, row["date"], lang, "dd-MM-yyyy")
        return f"{day}: {row['name']}" if self.group_by == "entry" and row["name"] else day

    def describe_period(self, lang, first, last):
        """Return the header of an invoice: which days its hours are of."""
        env = self._env(lang)
        if first == last:
            return env._("Hours %(day)s", day=first.strftime("%d-%m-%Y"))
        return env._(
            "Hours %(first)s - %(last)s",
            first=first.strftime("%d-%m-%Y"),
            last=last.strftime("%d-%m-%Y"),
        )


def _clock(hours):
    """Return hours as people read them: 0:10 for ten minutes."""
    minutes = round(abs(hours) * 60)
    return f"{'-' if hours < 0 else ''}{minutes // 60}:{minutes % 60:02d}"
