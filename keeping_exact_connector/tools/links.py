"""Addresses in Exact's own pages, made from a template: no form of them is documented.

A template is a path on the site, with names in braces: ``{division}``, and ``{invoice}``,
``{customer}``, ``{document}`` (GUIDs) and ``{number}`` (reference, chapter 7).
"""

import string
from urllib.parse import quote

NAMES = ("division", "invoice", "customer", "document", "number")
PARAMETER = "keeping_exact_connector.open_url_%s"


def check_template(template):
    """Tell whether an address can be made from a template.

    Only paths: what people click on must not lead away from Exact Online.

    :raise ValueError: it is no path, or has a name that is not known
    """
    if not template.startswith("/") or template.startswith(("//", "/\\")):
        raise ValueError(template)
    for _text, name, format_spec, conversion in string.Formatter().parse(template):
        if name is not None and (name not in NAMES or format_spec or conversion):
            raise ValueError(name)


def make_link(site_url, template, values):
    """Return an address on a site, or None when a value is not known (yet) or it is no template.

    :param dict values: by name; empty for what is not known
    """
    try:
        check_template(template)
    except ValueError:
        return None
    used = {name for _text, name, _spec, _conversion in string.Formatter().parse(template)} - {None}
    if not all(values.get(name) for name in used):
        return None
    filled = template.format(**{name: quote(str(values[name]), safe="") for name in used})
    return f"{site_url}{filled}"
