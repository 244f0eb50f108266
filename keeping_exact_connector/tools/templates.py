"""Texts with placeholders: ``{project}: {task}``."""

import re

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# What is left around a placeholder that had nothing to say.
_LOOSE_ENDS = " -–—:,;·/|"

#: What a line can tell of itself.
LINE = (
    "project",
    "task",
    "employee",
    "description",
    "period",
    "month",
    "hours",
    "customer",
    "reference",
)
#: What the head of an invoice can.
HEADER = ("project", "period", "month", "hours", "customer", "reference")


def find_unknown(template, known):
    """Return what a template refers to that does not exist, with its braces, as a list.

    A brace without its other half counts too.

    :param known: names without braces
    """
    text = template or ""
    wrong = [f"{{{name}}}" for name in _PLACEHOLDER.findall(text) if name not in known]
    return wrong + [char for char in _PLACEHOLDER.sub("", text) if char in "{}"]


def uses(template, name):
    """Tell whether a placeholder is in a template."""
    return name in _PLACEHOLDER.findall(template or "")


def fill(template, values):
    """Return the text, without loose ends where a value is empty.

    :param dict values: texts by name; what is not in it stays as it is
    """
    text = _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0]) or ""), template)
    text = " ".join(text.split())
    # "Website: " of a line without a task, and "()" around nothing.
    return re.sub(r"\(\s*\)|\[\s*\]", "", text).strip(_LOOSE_ENDS)
