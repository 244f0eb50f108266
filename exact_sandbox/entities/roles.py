"""``users/UserRoles``: chapter 4.18."""

import uuid

from ..rows import Row
from ..users import ALL_RIGHTS, RIGHTS
from .base import Entity

# No list of role numbers is public (chapter 11, point 7); these only tell the rights apart.
_FIRST_ROLE = 1001
_FULL_ROLE = 1000
_DIVISION_LEVEL = 3


class UserRoles(Entity):
    """The roles of those who may open the administration, one for each right they have."""

    name = "Users/UserRoles"

    def fetch(self, context, condition):
        """Return a row for each user and right."""
        users = context.sandbox.users
        rows = []
        for person in users.all():
            if context.division not in person["divisions"]:
                continue
            rights = person["rights"]
            roles = (
                [(_FULL_ROLE, "All rights")]
                if rights == ALL_RIGHTS
                else [
                    (_FIRST_ROLE + number, text)
                    for number, (name, text) in enumerate(RIGHTS.items())
                    if name in rights
                ]
            )
            rows += [self._role(context, person, *role) for role in roles]
        return rows

    def _role(self, context, person, number, description):
        key = str(uuid.uuid5(uuid.UUID(person["id"]), f"{context.division}/{number}"))
        data = {
            "ID": key,
            "UserID": person["id"],
            "Role": number,
            "RoleLevel": _DIVISION_LEVEL,
            "Description": description,
        }
        return Row(context.division, self.name, key, 0, data)

    def get(self, context, key):
        """Return the role with a key, or None."""
        return next((row for row in self.fetch(context, None) if row.key == key), None)
