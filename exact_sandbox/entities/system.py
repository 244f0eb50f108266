"""The user and the administrations: chapters 4.1 and 4.2."""

from ..errors import not_found
from ..rows import Row
from .base import Entity


class Me(Entity):
    """``current/Me``: always a list with one row."""

    name = "System/Me"

    def fetch(self, context, condition):
        """Return the one row of the connected user."""
        user, wall = context.user, context.now
        offset = (wall - context.sandbox.clock.now().replace(tzinfo=None)).total_seconds()
        # CurrentDivision may lie outside the administrations granted to the app (chapter 4.1).
        data = {
            "UserID": user.id,
            "UserName": user.login,
            "FullName": user.full_name,
            "FirstName": user.first_name,
            "LastName": user.last_name,
            "Email": user.email,
            "Language": user.language[:2].upper(),
            "LanguageCode": user.language,
            "CurrentDivision": user.current_division,
            "AccountingDivision": user.current_division,
            "Legislation": 1,
            "ServerTime": wall.isoformat(timespec="seconds"),
            "ServerUtcOffset": round(offset / 3600),
        }
        for name in self.type.properties:
            if name.startswith("Is"):
                data[name] = False
        data["IsMyFirmPortalUser"] = context.sandbox.users.is_portal(user.id)
        return [Row(0, self.name, user.id, 0, data)]

    def get(self, context, key):
        """Return the row when the key is the connected user's."""
        return self.fetch(context, None)[0] if key == context.user.id else None


class Divisions(Entity):
    """Administrations of the user that are also granted to the app (chapter 4.2)."""

    name = "System/Divisions"

    def fetch(self, context, condition):
        """Return them, whatever division stands in the address (picqer #470)."""
        allowed = context.granted & set(context.sandbox.users.divisions(context.user.id))
        found = (context.rows.get(0, Divisions.name, code) for code in sorted(allowed))
        return [row for row in found if row]

    def get(self, context, key):
        """Return one of them by number."""
        rows = self.fetch(context, None)
        return next((row for row in rows if row.data["Code"] == key), None)

    def value(self, context, row, name):
        """Return a property; ``Current`` depends on the user."""
        if name == "Current":
            return row.data["Code"] == context.user.current_division
        # The same number is Hid here and HID in hrm/Divisions (chapter 4.2).
        return row.data.get("Hid" if name == "HID" else name)


def _of_licence(context, rows):
    """Return the administrations under the licence of the one in the address."""
    current = context.rows.get(0, Divisions.name, context.division)
    licence = current.get("CustomerCode")
    return [row for row in rows if row.get("CustomerCode") == licence]


class AllDivisions(Divisions):
    """``system/AllDivisions``: all of the licence, also those the user may not open."""

    name = "System/AllDivisions"

    def fetch(self, context, condition):
        """Return every administration of the licence of the one in the address."""
        return _of_licence(context, context.rows.find(0, Divisions.name))


class HrmDivisions(Divisions):
    """``hrm/Divisions``, which needs no scope; only of the licence of the one in the address."""

    name = "HRM/Divisions"

    def fetch(self, context, condition):
        """Return the user's administrations of the licence (picqer #195, #229).

        :raises ApiError: 404 for some licences (Chef)
        """
        if context.rows.get(0, Divisions.name, context.division).get("_WithoutHrm"):
            raise not_found("Divisions")
        return _of_licence(context, super().fetch(context, condition))
