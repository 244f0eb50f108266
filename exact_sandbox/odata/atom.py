"""The Atom form of answers: what a client gets that does not ask for JSON (chapter 3.1)."""

from decimal import Decimal
from xml.etree import ElementTree

from .render import plain_number

ATOM = "http://www.w3.org/2005/Atom"
DATA = "http://schemas.microsoft.com/ado/2007/08/dataservices"
META = f"{DATA}/metadata"
_SCHEME = "http://schemas.microsoft.com/ado/2007/08/dataservices/scheme"
_FEED = "application/atom+xml;type=feed"
_NAMESPACES = {"": ATOM, "d": DATA, "m": META}
CONTENT_TYPE = "application/atom+xml; charset=utf-8"
XML = "application/xml; charset=utf-8"
for _prefix, _address in _NAMESPACES.items():
    ElementTree.register_namespace(_prefix, _address)


def _text(kind, value):
    if kind == "DateTime":
        return value.isoformat()
    if kind == "Boolean":
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain_number(value)
    return "".join(mark for mark in str(value) if mark in "\t\n\r" or mark >= " ")


def _property(parent, name, kind, value):
    element = ElementTree.SubElement(parent, f"{{{DATA}}}{name}")
    if kind != "String":
        element.set(f"{{{META}}}type", f"Edm.{kind}")
    if value is None:
        element.set(f"{{{META}}}null", "true")
    else:
        element.text = _text(kind, value)


def _entry(parent, item):
    entry = ElementTree.SubElement(parent, f"{{{ATOM}}}entry")
    ElementTree.SubElement(entry, f"{{{ATOM}}}id").text = item.uri
    ElementTree.SubElement(
        entry, f"{{{ATOM}}}category", term=item.type_name, scheme=_SCHEME
    )  # fmt: skip
    for name, children in item.collections.items():
        link = ElementTree.SubElement(
            entry, f"{{{ATOM}}}link", rel=f"{DATA}/related/{name}", type=_FEED, title=name,
            href=f"{item.uri}/{name}",
        )  # fmt: skip
        if children is not None:
            inline = ElementTree.SubElement(link, f"{{{META}}}inline")
            feed = ElementTree.SubElement(inline, f"{{{ATOM}}}feed")
            for child in children:
                _entry(feed, child)
    content = ElementTree.SubElement(entry, f"{{{ATOM}}}content", type="application/xml")
    properties = ElementTree.SubElement(content, f"{{{META}}}properties")
    for name, (kind, value) in item.values.items():
        _property(properties, name, kind, value)
    return entry


def write_feed(title, address, items, next_link, total=None):
    """Return an Atom feed of entries (:class:`~exact_sandbox.odata.entries.Entry`).

    :param total: the number of all rows, when the query asks for it
    """
    feed = ElementTree.Element(f"{{{ATOM}}}feed")
    ElementTree.SubElement(feed, f"{{{ATOM}}}title").text = title
    ElementTree.SubElement(feed, f"{{{ATOM}}}id").text = address
    if total is not None:
        ElementTree.SubElement(feed, f"{{{META}}}count").text = str(total)
    for item in items:
        _entry(feed, item)
    if next_link:
        ElementTree.SubElement(feed, f"{{{ATOM}}}link", rel="next", href=next_link)
    return _serialize(feed)


def write_entry(item):
    """Return one Atom entry."""
    return _serialize(_entry(ElementTree.Element("holder"), item))


def write_values(name, values):
    """Return the XML of a function's answer: one value under its name, or several inside it."""
    holder = ElementTree.Element("holder")
    if name in values:
        _property(holder, name, *values[name])
        return _serialize(holder[0])
    outer = ElementTree.SubElement(holder, f"{{{DATA}}}{name}")
    for item, (kind, value) in values.items():
        _property(outer, item, kind, value)
    return _serialize(outer)


def write_error(message):
    """Return a refusal as XML."""
    error = ElementTree.Element(f"{{{META}}}error")
    ElementTree.SubElement(error, f"{{{META}}}code")
    ElementTree.SubElement(error, f"{{{META}}}message").text = message
    return _serialize(error)


def _serialize(element):
    return ElementTree.tostring(element, encoding="unicode", xml_declaration=True)
