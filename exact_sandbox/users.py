"""People who log in, and which administrations they may open."""

import json
from dataclasses import dataclass

from werkzeug.security import check_password_hash, generate_password_hash

# Chosen by name: the default of Werkzeug differs per version, and a state file outlives one.
_HASH = "pbkdf2:sha256:20000"

ALL_RIGHTS = "all"
STATUSES = ("active", "blocked", "inactive")
# The six of an invoicing integration; rights.py tells what each opens.
RIGHTS = {
    "sales.enter": "Sales / Enter invoices",
    "sales.process": "Sales / Print and process invoices",
    "items.manage": "General / Manage items",
    "items.view": "General / View item data",
    "accounts.manage": "Financial / Manage accounts",
    "accounts.view": "Financial / View accounts",
}


@dataclass(frozen=True)
class User:
    """A user of Exact; ``rights`` is :data:`ALL_RIGHTS` or a set (see :mod:`.rights`).

    ``status`` is one of :data:`STATUSES`.
    """

    id: str
    login: str
    first_name: str
    last_name: str
    email: str
    language: str
    current_division: int | None
    rights: object
    status: str = "active"

    @property
    def full_name(self):
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def short_language(self):
        """``nl`` of ``nl-NL``."""
        return self.language[:2]


def _portal(user_id):
    return f"portal/{user_id}"


def _user(record):
    rights = json.loads(record["rights"])
    return User(
        record["id"],
        record["login"],
        record["first_name"],
        record["last_name"],
        record["email"],
        record["language"],
        record["current_division"],
        rights if rights == ALL_RIGHTS else frozenset(rights),
        record["status"],
    )


class Users:
    """Reads and writes users."""

    def __init__(self, store):
        self._store = store

    def add(self, user, password, divisions):
        """Store a user who may open these administrations."""
        rights = user.rights if user.rights == ALL_RIGHTS else sorted(user.rights)
        self._store.execute(
            "INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            user.id,
            user.login,
            generate_password_hash(password, _HASH),
            user.first_name,
            user.last_name,
            user.email,
            user.language,
            user.current_division,
            json.dumps(rights),
            user.status,
        )
        for division in divisions:
            self._store.execute("INSERT INTO user_divisions VALUES (?, ?)", user.id, division)

    def get(self, user_id):
        """Return a user by id, or None."""
        record = self._store.one("SELECT * FROM users WHERE id = ?", user_id)
        return _user(record) if record else None

    def log_in(self, login, password):
        """Return the user with this name and password, or None; blocked users are none (1.6)."""
        record = self._store.one("SELECT * FROM users WHERE login = ?", login)
        if record is None or record["status"] != "active":
            return None
        if not check_password_hash(record["password"], password):
            return None
        return _user(record)

    def all(self):
        """Return what may be told of all users: login, name, language, rights, divisions."""
        users = [_user(item) for item in self._store.execute("SELECT * FROM users ORDER BY login")]
        return [
            {
                "id": user.id,
                "login": user.login,
                "name": user.full_name,
                "language": user.language,
                "status": user.status,
                "rights": user.rights if user.rights == ALL_RIGHTS else sorted(user.rights),
                "divisions": self.divisions(user.id),
            }
            for user in users
        ]

    def find(self, login):
        """Return a user by login; ValueError when there is none."""
        record = self._store.one("SELECT * FROM users WHERE login = ?", login)
        if record is None:
            raise ValueError(f"There is no user {login!r}.")
        return _user(record)

    def change(
        self, login, rights=None, divisions=None, language=None, password=None, status=None,
        portal=None,
    ):  # fmt: skip
        """Change what is given; ValueError when there is no such user, right or administration.

        What that does to connections is :meth:`~exact_sandbox.oauth.grants.Grants.end_user`.
        """
        record = {"id": self.find(login).id}
        if portal is not None:
            self._store.set_meta(_portal(record["id"]), "1" if portal else "")
        if status is not None and status not in STATUSES:
            raise ValueError(f"A user is {', '.join(STATUSES)}.")
        if rights is not None and rights != ALL_RIGHTS and set(rights) - set(RIGHTS):
            raise ValueError(f"Rights are {', '.join(RIGHTS)}.")
        if language is not None and not isinstance(language, str):
            raise ValueError("A language is a text, such as nl-NL.")
        known = {item["code"] for item in administrations(self._store)}
        if divisions is not None and set(divisions) - known:
            raise ValueError(f"Administrations are {', '.join(map(str, known))}.")
        changes = {
            "rights": None if rights is None else json.dumps(rights),
            "language": language,
            "status": status,
            "password": None if password is None else generate_password_hash(password, _HASH),
        }
        with self._store.transaction():
            for name, value in changes.items():
                if value is not None:
                    self._store.execute(
                        f"UPDATE users SET {name} = ? WHERE id = ?", value, record["id"]
                    )
            if divisions is not None:
                self._store.execute("DELETE FROM user_divisions WHERE user_id = ?", record["id"])
                for division in divisions:
                    self._store.execute(
                        "INSERT INTO user_divisions VALUES (?, ?)", record["id"], division
                    )

    def delete(self, user_id):
        """Remove a user."""
        self._store.execute("DELETE FROM user_divisions WHERE user_id = ?", user_id)
        self._store.execute("DELETE FROM users WHERE id = ?", user_id)

    def is_portal(self, user_id):
        """Whether a user is one of an accountant's portal, who may do little (chapter 5.1)."""
        return bool(self._store.get_meta(_portal(user_id), ""))

    def set_current_division(self, user_id, division):
        """Remember the administration the user works in: ``Me.CurrentDivision``."""
        self._store.execute("UPDATE users SET current_division = ? WHERE id = ?", division, user_id)

    def divisions(self, user_id):
        """Return the numbers of the administrations a user may open."""
        records = self._store.execute(
            "SELECT division FROM user_divisions WHERE user_id = ? ORDER BY division", user_id
        )
        return [record["division"] for record in records]


def administrations(store):
    """Return all administrations: rows with code, name, currency and defaults."""
    return store.execute("SELECT * FROM administrations ORDER BY code")


def administration(store, code):
    """Return one administration, or None."""
    return store.one("SELECT * FROM administrations WHERE code = ?", code)
