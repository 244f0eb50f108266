"""Demo data of a new state file: users, apps, administrations with their books."""

from ..users import ALL_RIGHTS, RIGHTS, User
from .apps import SCOPES, demo_app, demo_apps, seed_apps
from .belgium import BELGIAN_BOOKS
from .books import seed_books
from .invoices import seed_invoices
from .netherlands import DUTCH_BOOKS

LOGIN = "anna"
PASSWORD = "sandbox"
ADMINISTRATIONS = ((241806, "Keeping Demo B.V."), (1204377, "Keeping Advies B.V."))
BELGIAN = (3150442, "Keeping België / Belgique")
# Administrations made later have numbers from here on.
_FIRST_MORE, _MOST = 4_000_000, 100


def seed(sandbox):
    """Fill a new state file; runs inside the transaction that makes its tables.

    Anna has all rights and reads Dutch; Sem has exactly the six rights an invoicing integration
    needs and reads English. Both may open both Dutch administrations. Léa has all rights, reads
    French and may open the Belgian one only. They have the same password.
    """
    codes = [code for code, _ in ADMINISTRATIONS]
    anna = User(
        sandbox.new_id(), LOGIN, "Anna", "de Vries", "anna@keeping.example", "nl-NL", codes[0],
        ALL_RIGHTS,
    )  # fmt: skip
    sem = User(
        sandbox.new_id(), "sem", "Sem", "Jansen", "sem@keeping.example", "en-GB", codes[0],
        frozenset(RIGHTS),
    )  # fmt: skip
    lea = User(
        sandbox.new_id(), "lea", "Léa", "Dubois", "lea@keeping.example", "fr-BE", BELGIAN[0],
        ALL_RIGHTS,
    )  # fmt: skip
    for user, divisions in ((anna, codes), (sem, codes), (lea, [BELGIAN[0]])):
        sandbox.users.add(user, PASSWORD, divisions)
    for (code, name), books in zip(ADMINISTRATIONS, DUTCH_BOOKS, strict=True):
        seed_books(sandbox.context(code, anna), name, books)
    seed_invoices(sandbox.context(codes[0], anna))
    seed_books(sandbox.context(BELGIAN[0], lea), BELGIAN[1], BELGIAN_BOOKS)


def open_administrations(sandbox, count):
    """Open administrations until Anna has this many; each has the books of the second.

    :return: the codes of all that she has
    """
    if type(count) is not int or not 0 < count <= _MOST:
        raise ValueError(f"Administrations are a whole number from 1 to {_MOST}.")
    with sandbox.store.transaction():
        anna = sandbox.users.find(LOGIN)
        codes = sandbox.users.divisions(anna.id)
        for number in range(len(codes) + 1, count + 1):
            code = _FIRST_MORE + number
            seed_books(sandbox.context(code, anna), f"Keeping Demo {number}", DUTCH_BOOKS[1])
            codes.append(code)
        sandbox.users.change(login=LOGIN, divisions=codes)
    return {"administrations": codes}
