"""``crm/Contacts``: chapter 4.9."""

from .accounts import EMAIL
from .base import Entity, reference

ACCOUNTS = "CRM/Accounts"


def _full_name(context, row):
    names = (row.get("FirstName"), row.get("MiddleName"), row.get("LastName"))
    return " ".join(name for name in names if name) or None


def _is_main(context, row):
    account = context.lookup(ACCOUNTS, None, row.get("Account"))
    return bool(account) and account.get("MainContact") == row.key


class Contacts(Entity):
    """People at an account."""

    name = "CRM/Contacts"
    needs_select = True
    # It has a sync sibling, so it must be filtered (chapter 3.4); by what is not known (chapter
    # 11, point 10): keys, parties, names and dates.
    filter_fields = (
        "Account", "BusinessEmail", "Code", "Created", "Email", "EndDate", "FirstName", "FullName",
        "HID", "ID", "LastName", "Modified", "Person", "StartDate",
    )  # fmt: skip
    writable = ("POST", "PUT", "DELETE")
    derived = {
        "AccountName": reference("Account", ACCOUNTS, "Name"),
        "AccountIsSupplier": reference("Account", ACCOUNTS, "IsSupplier"),
        "AccountMainContact": reference("Account", ACCOUNTS, "MainContact"),
        "FullName": _full_name,
        "IsMainContact": _is_main,
    }

    def create(self, context, values):
        """Make a contact: Account plus at least one of FirstName and LastName."""
        row = self.new_row(context, {"StartDate": context.today(), **values})
        if row.get("HID") is None:
            row.data["HID"] = context.rows.highest(context.division, self.name, "HID") + 1
        self._check(context, row)
        return self.save(context, row)

    def update(self, context, row, values):
        """Change a contact."""
        row.data.update(values)
        self._check(context, row)
        self.touch(context, row)
        self.save(context, row)

    def delete(self, context, row):
        """Remove a contact; sync/Deleted tells of it (chapter 4.19)."""
        self.remove(context, row, 5)

    def _check(self, context, row):
        if not row.get("Account"):
            raise context.refused(("mandatory", "Account"))
        if context.lookup(ACCOUNTS, None, row.get("Account")) is None:
            raise context.refused(("reference", "Account"))
        if not any((row.get(name) or "").strip() for name in ("FirstName", "LastName")):
            raise context.refused(("mandatory", "Contact name"))
        for name in ("Email", "BusinessEmail"):
            if row.get(name) and not EMAIL.fullmatch(row.get(name)):
                raise context.refused(("invalid", "Email"))
