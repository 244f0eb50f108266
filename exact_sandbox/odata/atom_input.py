"""Reads an Atom entry as the body of a POST or PUT (chapter 3.1: JSON and XML are accepted)."""

from xml.etree import ElementTree

from .atom import ATOM, DATA, META
from .payload import stream_error

_WHOLE = {"Byte", "Int16", "Int32"}
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
_PROPERTIES = f"{{{META}}}properties"


def _value(element, kind):
    """Return what JSON would have for a property; what does not fit stays text."""
    if element.get(f"{{{META}}}null") == "true":
        return None
    text = element.text or ""
    if kind == "Boolean":
        return _BOOLEANS.get(text.strip(), text)
    if kind in _WHOLE:
        digits = text.strip().lstrip("-")
        return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 20 else text
    return text


def _collection(link, entity_type):
    """Return the entries of ``<link><m:inline><feed>``."""
    feed = link.find(f"{{{META}}}inline/{{{ATOM}}}feed")
    if feed is None:
        raise stream_error()
    return [_entry(item, entity_type, {}) for item in feed.findall(f"{{{ATOM}}}entry")]


def _entry(root, entity_type, inner_types):
    found = root.find(f"{{{ATOM}}}content/{_PROPERTIES}")
    if root.tag != f"{{{ATOM}}}entry" or found is None:
        raise stream_error()
    body = {}
    for element in found:
        namespace, _, name = element.tag[1:].partition("}")
        if namespace != DATA:
            raise stream_error()
        known = entity_type.properties.get(name)
        body[name] = _value(element, known.type if known else "String")
    for link in root.findall(f"{{{ATOM}}}link"):
        name = link.get("title") or (link.get("rel") or "").rpartition("/")[2]
        if name in inner_types:
            body[name] = _collection(link, inner_types[name])
    return body


def read_entry(data, entity_type, inner_types):
    """Return the properties of an Atom entry as JSON would have them.

    :param data: the body
    :param inner_types: the entity types of nested collections by property name
    :raises ApiError: 400 when the body is no entry
    """
    # A document type could declare entities that grow without end.
    if b"<!" in data.replace(b"<!--", b"").replace(b"<![CDATA[", b""):
        raise stream_error()
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError):
        raise stream_error() from None
    return _entry(root, entity_type, inner_types)
