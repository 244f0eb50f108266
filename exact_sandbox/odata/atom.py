"""The Atom form of answers: what a client gets that does not ask for JSON (chapter 3.1)."""

from xml.etree import ElementTree

ATOM = "http://www.w3.org/2005/Atom"
DATA = "http://schemas.microsoft.com/ado/2007/08/dataservices"
META = f"{DATA}/metadata"
_NAMESPACES = {"": ATOM, "d": DATA, "m": META}
CONTENT_TYPE = "application/atom+xml; charset=utf-8"


def _text(kind, value):
    if kind == "DateTime":
        return value.isoformat()
    if kind == "Boolean":
        return "true" if value else "false"
    return str(value)


def _entry(parent, item):
    entry = ElementTree.SubElement(parent, f"{{{ATOM}}}entry")
    ElementTree.SubElement(entry, f"{{{ATOM}}}id").text = item.uri
    ElementTree.SubElement(entry, f"{{{ATOM}}}category", term=item.type_name)
    content = ElementTree.SubElement(entry, f"{{{ATOM}}}content", type="application/xml")
    properties = ElementTree.SubElement(content, f"{{{META}}}properties")
    for name, (kind, value) in item.values.items():
        element = ElementTree.SubElement(properties, f"{{{DATA}}}{name}")
        if kind != "String":
            element.set(f"{{{META}}}type", f"Edm.{kind}")
        if value is None:
            element.set(f"{{{META}}}null", "true")
        else:
            element.text = _text(kind, value)


def write_feed(title, address, items, next_link):
    """Return an Atom feed of entries (:class:`~exact_sandbox.odata.entries.Entry`)."""
    feed = ElementTree.Element(f"{{{ATOM}}}feed")
    ElementTree.SubElement(feed, f"{{{ATOM}}}title").text = title
    ElementTree.SubElement(feed, f"{{{ATOM}}}id").text = address
    for item in items:
        _entry(feed, item)
    if next_link:
        ElementTree.SubElement(feed, f"{{{ATOM}}}link", rel="next", href=next_link)
    return _serialize(feed)


def write_entry(item):
    """Return one Atom entry."""
    holder = ElementTree.Element("holder")
    _entry(holder, item)
    return _serialize(holder[0])


def write_error(message):
    """Return a refusal as XML."""
    error = ElementTree.Element(f"{{{META}}}error")
    ElementTree.SubElement(error, f"{{{META}}}code")
    ElementTree.SubElement(error, f"{{{META}}}message").text = message
    return _serialize(error)


def _serialize(element):
    for prefix, address in _NAMESPACES.items():
        ElementTree.register_namespace(prefix, address)
    return ElementTree.tostring(element, encoding="unicode", xml_declaration=True)
