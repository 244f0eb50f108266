"""``documents/Documents`` and ``DocumentAttachments``: chapter 4.16."""

import base64
import binascii

from ..errors import ApiError, business_error, conversion_error
from .base import Entity, reference

DOCUMENTS, ATTACHMENTS = "Documents/Documents", "Documents/DocumentAttachments"
ACCOUNTS, ITEMS = "CRM/Accounts", "Logistics/Items"
SALES_INVOICE, MISCELLANEOUS = 10, 55
# A POST may hold 10 MB; of an attachment the bytes count, not their base64 (chapter 2).
MAX_BYTES = 10 * 1000 * 1000
_TRACE_ATTACHMENT, _TRACE_DOCUMENT = 4, 6
_LINKED = (("SalesInvoice/SalesInvoices", "Document"), ("SalesEntry/SalesEntries", "Document"))
_KNOWN_TYPES = (SALES_INVOICE, MISCELLANEOUS)


def _type_text(context, row):
    kind = row.data["Type"]
    return context.sentence(f"document type {kind}") if kind in _KNOWN_TYPES else None


def attachment_path(division, key):
    """Return where the bytes of an attachment are (chapters 4.16 and 7)."""
    return f"/docs/SysAttachment.aspx?ID={key}&_Division_={division}"


class Documents(Entity):
    """Documents; those of type 10 belong to sales invoices."""

    name = DOCUMENTS
    needs_select = True
    # It has a sync sibling, so it must be filtered (chapter 3.4); by what is not known (chapter
    # 11, point 10): keys, kinds, parties and dates.
    filter_fields = (
        "Account", "Created", "DocumentDate", "FinancialTransactionEntryID", "HID", "ID",
        "Modified", "SalesInvoiceNumber", "SalesOrderNumber", "Subject", "Type",
    )  # fmt: skip
    writable = ("POST", "PUT", "DELETE")
    derived = {
        "AccountName": reference("Account", ACCOUNTS, "Name"),
        "AccountCode": reference("Account", ACCOUNTS, "Code"),
        "ItemCode": reference("Item", ITEMS, "Code"),
        "ItemDescription": reference("Item", ITEMS, "Description"),
        "HasEmptyBody": lambda context, row: not row.get("Body"),
        "TypeDescription": _type_text,
        # The form of this address is not documented (chapter 7).
        "DocumentViewUrl": lambda context, row: (
            f"{context.host}/docs/DocView.aspx?DocumentID={row.key}&_Division_={row.division}"
        ),
    }

    def create(self, context, values):
        """Make a document: Subject and Type are mandatory."""
        row = self.new_row(context, {"DocumentDate": context.today(), **values})
        if row.get("HID") is None:
            row.data["HID"] = context.rows.highest(context.division, self.name, "HID") + 1
        self._check(context, row)
        return self.save(context, row)

    def update(self, context, row, values):
        """Change a document; it cannot be without its number, so null leaves that as it is."""
        number = row.data["HID"]
        row.data.update(values)
        row.data["HID"] = row.get("HID", number)
        self._check(context, row)
        self.touch(context, row)
        self.save(context, row)

    def delete(self, context, row):
        """Remove a document with its attachments, unless an invoice or an entry uses it."""
        for entity, name in _LINKED:
            if context.rows.first(context.division, entity, **{name: row.key}):
                what, where = context.sentence("Document"), context.sentence("Sales invoices")
                raise business_error(context.sentence("delete", what=what, where=where))
        for item in context.rows.find(context.division, ATTACHMENTS, {"Document": row.key}):
            self.registry[ATTACHMENTS].delete(context, item)
        self.remove(context, row, _TRACE_DOCUMENT)

    def _check(self, context, row):
        if not row.get("Subject", "").strip():
            raise context.refused(("mandatory", "Subject"))
        if row.get("Type") is None:
            raise context.refused(("mandatory", "Type"))
        for name, entity, label in (("Account", ACCOUNTS, "Customer"), ("Item", ITEMS, "Item")):
            if row.get(name) and context.lookup(entity, None, row.get(name)) is None:
                raise context.refused(("reference", label))
        same = context.rows.find(context.division, self.name, {"HID": row.data["HID"]})
        if any(other.key != row.key for other in same):
            raise business_error(context.sentence("exists"))


class DocumentAttachments(Entity):
    """Files of documents. They can be added and removed, not changed."""

    name = ATTACHMENTS
    needs_select = True
    filter_fields = ("Document", "FileName", "ID")
    writable = ("POST", "DELETE")
    derived = {
        # The bytes are fetched from Url; a list with all files in it helps nobody.
        "Attachment": lambda context, row: None,
        "Url": lambda context, row: context.host + attachment_path(row.division, row.key),
    }

    def create(self, context, values):
        """Add a file, sent as base64.

        :raises ApiError: 413 when it is above 10 MB
        """
        wanted = {"Document": "Document", "FileName": "FileName", "Attachment": "Attachment"}
        missing = [("mandatory", label) for name, label in wanted.items() if not values.get(name)]
        if missing:
            raise context.refused(*missing)
        try:
            content = base64.b64decode(values.pop("Attachment"), validate=True)
        except (binascii.Error, ValueError):
            raise conversion_error("Attachment", "Binary") from None
        return self.add(context, values["Document"], values["FileName"], content)

    def add(self, context, document, name, content):
        """Store a file with a document and return its row.

        :param document: the key of the document
        """
        if len(content) > MAX_BYTES:
            raise ApiError(413, "Request Entity Too Large")
        if context.lookup(DOCUMENTS, None, document) is None:
            raise context.refused(("reference", "Document"))
        row = self.new_row(context, {"Document": document, "FileName": name})
        row.data["FileSize"] = len(content)
        context.sandbox.store.execute("INSERT INTO attachments VALUES (?, ?)", row.key, content)
        return self.save(context, row)

    def delete(self, context, row):
        """Remove a file."""
        context.sandbox.store.execute("DELETE FROM attachments WHERE key = ?", row.key)
        self.remove(context, row, _TRACE_ATTACHMENT)


def content_of(store, key):
    """Return the bytes of an attachment, None when there are none."""
    record = store.one("SELECT content FROM attachments WHERE key = ?", key)
    return record["content"] if record else None
