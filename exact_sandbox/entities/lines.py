"""What lines of invoices and of sales entries have in common (chapters 4.4 and 4.7)."""

from .base import Entity


class Lines(Entity):
    """Lines that belong to a document and change only while it is open.

    :cvar parent: the entity of the document; its handler has ``check_open`` and ``recalculate``
    :cvar parent_key: the property that points at the document
    :cvar parent_label: the name of that property in refusals
    :cvar fixed: what a client may fix; it is kept apart from what is worked out at every change
    """

    needs_select = True
    writable = ("POST", "PUT", "DELETE")
    parent = ""
    parent_key = ""
    parent_label = ""
    fixed = ()

    @property
    def documents(self):
        """The handler of the documents."""
        return self.registry[self.parent]

    def of(self, context, document):
        """Return the lines of a document in their order."""
        lines = context.rows.find(context.division, self.name, {self.parent_key: document.key})
        return sorted(lines, key=lambda line: line.data["LineNumber"])

    def create(self, context, values):
        """Add a line to an open document."""
        key = values.get(self.parent_key)
        document = context.lookup(self.parent, None, key)
        if document is None:
            raise context.refused(("reference" if key else "mandatory", self.parent_label))
        self.documents.check_open(context, document)
        last = max((line.data["LineNumber"] for line in self.of(context, document)), default=0)
        line = self.build(context, document, values, last + 1)
        self.save(context, line)
        self.documents.recalculate(context, document)
        return line

    def update(self, context, row, values):
        """Change a line of an open document."""
        document = self._open_document(context, row)
        if values.pop(self.parent_key, document.key) != document.key:
            raise context.refused(("not_allowed", self.parent_label))
        self.forget(row, values)
        row.data.update(self._sent(values))
        self.complete(context, document, row)
        self.touch(context, row)
        self.save(context, row)
        self.documents.recalculate(context, document)

    def delete(self, context, row):
        """Remove a line of an open document."""
        document = self._open_document(context, row)
        context.rows.delete(row)
        self.documents.recalculate(context, document)

    def _open_document(self, context, row):
        document = context.lookup(self.parent, None, row.get(self.parent_key))
        self.documents.check_open(context, document)
        return document

    def build(self, context, document, values, number):
        """Return a new, complete, unsaved line."""
        line = self.new_row(context, self._sent(values))
        line.data.update({self.parent_key: document.key, "LineNumber": number})
        self.complete(context, document, line)
        return line

    def _sent(self, values):
        return {(f"_{name}" if name in self.fixed else name): values[name] for name in values}

    def forget(self, row, values):
        """Drop what a change makes stale, so that it is worked out or defaulted anew."""
        raise NotImplementedError

    def complete(self, context, document, line):
        """Check a line, fill in its defaults and its amounts."""
        raise NotImplementedError

    @staticmethod
    def check_percentage(context, line):
        """A percentage that was sent must be the one of the VAT code (chapter 5.4)."""
        sent = line.data.pop("_VATPercentage", None)
        if sent is not None and sent != line.data["VATPercentage"]:
            raise context.refused(("invalid", "VAT percentage"))
