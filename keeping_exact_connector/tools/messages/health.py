"""What is the matter with a connection (API reference, chapters 1.5 and 1.6)."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Over as soon as there is a token again, without a person.
PASSING = ("encryption_key", "expires_soon")
#: The permission ended; a reason that was known before says more.
ENDED = ("reconnect", "replaced", "revoked")

HEALTH = {
    "reconnect": _lt(
        "Exact Online no longer accepts this connection. Click Connect again and allow access; "
        "nothing is lost, waiting invoices are sent afterwards."
    ),
    "expired": _lt(
        "The connection was not used for 30 days, so Exact Online let it expire. Click Connect "
        "again and allow access; nothing is lost, waiting invoices are sent afterwards."
    ),
    "replaced": _lt(
        "Exact Online ended this connection. Either the same app was connected anew elsewhere by "
        "the same Exact user (another database, or another program), or access was withdrawn in "
        "Exact Online. Exact keeps one connection per app and user: if another database uses this "
        "app too, register an app of its own for one of them at apps.exactonline.com > Manage my "
        "apps. Then click Connect again; nothing is lost, waiting invoices are sent afterwards."
    ),
    "replaced_here": _lt(
        "The database %(text)s on this server has connected the same app as the same Exact user, "
        "which ended this connection: Exact keeps one per app and user. Register an app of its own "
        "for one of the two at apps.exactonline.com > Manage my apps, then click Connect again."
    ),
    "used_elsewhere": _lt(
        "The permission of this connection was used up elsewhere, such as by a copy of this "
        "database or an older backup that runs somewhere; or this server was stopped in the very "
        "moment of a renewal. End a copy first, then click Connect again and allow access; nothing "
        "is lost, waiting invoices are sent afterwards."
    ),
    "answer_lost": _lt(
        "The connection with Exact Online broke in the very moment it was renewed, and Exact does "
        "not repeat its answer. Click Connect again and allow access; nothing is lost, waiting "
        "invoices are sent afterwards."
    ),
    "revoked": _lt(
        "Access was withdrawn in Exact Online, or the Exact user was blocked or deleted. Check the "
        "user and My Exact Online > Security centre > Permissions for my apps, then click Connect "
        "again."
    ),
    "user_blocked": _lt(
        "The Exact user of this connection is blocked or no longer active. In Exact Online, go to "
        "the administration's name > Master data > Users > Overview and unblock the user; or "
        "click Connect again and log in as another user. Nothing is lost, waiting invoices are "
        "sent afterwards."
    ),
    "licence_expired": _lt(
        "The Exact Online licence of %(text)s has expired. Renew it at Exact, then click Check; "
        "nothing is lost, waiting invoices are sent afterwards."
    ),
    "licence_blocked": _lt(
        "Exact has blocked the licence of %(text)s. Ask Exact, or whoever pays for it, to unblock "
        "it, then click Check; nothing is lost, waiting invoices are sent afterwards."
    ),
    "expires_soon": _lt(
        "The connection has to be renewed within 30 days of its last use, and that keeps failing: "
        "%(text)s Click Check to see what is wrong. If Exact Online is there but this fails, "
        "click Connect again before the connection ends."
    ),
    "neutralized": _lt(
        "This database is a neutralised copy, for testing: it does not call Exact Online. To test "
        "with Exact Online, register an app of its own for it at apps.exactonline.com > Manage my "
        "apps. With the app of the original, connecting as the same Exact user would end the "
        "connection of the original."
    ),
    "app_refused": _lt(
        "Exact Online does not accept the client ID or client secret of the app any more: "
        "%(text)s Compare both with apps.exactonline.com > Manage my apps, fill in the secret "
        "again and click Connect again."
    ),
    "encryption_key": _lt(
        "The encryption key of this server is missing, so the connection cannot be used. Put the "
        "key back, or connect again."
    ),
    "copied_database": _lt(
        "This database was copied, moved or restored. Exact Online is not called, since two "
        "databases with the same connection would end it for each other. If this is the one to go "
        "on with, click This is the real database; the other one must then be disconnected."
    ),
    "no_administrations": _lt("Connected, but the administrations could not be read: %(text)s"),
}
