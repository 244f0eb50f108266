"""Reads an Atom entry as the body of a POST or PUT (chapter 3.1: JSON and XML are accepted)."""

import re
from xml.etree import ElementTree

from .atom import ATOM, DATA, META
from .payload import stream_error

_WHOLE = {"Byte", "Int16", "Int32"}
_DIGITS = re.compile(r"\s*-?[0-9]{1,19}\s*\Z")
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
_PROPERTIES = f"{{{META}}}properties"


class _Builder(ElementTree.TreeBuilder):
    """Makes a tree of a text without a document type: that could declare entities that grow."""

    def doctype(self, *_):
        """Refuse it, in whatever encoding it came."""
        raise stream_error()


def _value(element, kind):
    """Return what JSON would have for a property; what does not fit stays text."""
    if element.get(f"{{{META}}}null") == "true":
        return None
    text = element.text or ""
    if kind == "Boolean":
        return _BOOLEANS.get(text.strip(), text)
    if kind in _WHOLE:
        return int(text) if _DIGITS.match(text) else text
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
    try:
        root = ElementTree.fromstring(data, ElementTree.XMLParser(target=_Builder()))
    except (ElementTree.ParseError, ValueError, LookupError):
        raise stream_error() from None
    return _entry(root, entity_type, inner_types)
