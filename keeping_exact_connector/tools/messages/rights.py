"""What a 403 means: four causes share one body, a header or a text may say more (chapter 5.1)."""

from odoo.tools.translate import LazyTranslate

from .message import Message

_lt = LazyTranslate(__name__)

MESSAGES = {
    "no_right": Message(
        _lt("The Exact user of this connection may not do this: %(text)s"),
        _lt(
            "In Exact Online, go to the administration's name > Master data > Users > Overview, "
            "click the user, then Permissions in the Monitor section, and give the missing right. "
            "If the user has it, the licence may lack the module. Then try again."
        ),
        "connection",
    ),
    "user_blocked": Message(
        _lt("The Exact user of this connection is blocked or no longer active: %(text)s"),
        _lt(
            "In Exact Online, go to the administration's name > Master data > Users > Overview and "
            "unblock the user, then click Check on the connection. Or click Connect again there "
            "and log in as another user."
        ),
        "connection",
    ),
    "licence_blocked": Message(
        _lt("Exact has blocked the licence that this Exact user belongs to: %(text)s"),
        _lt(
            "Ask Exact, or whoever pays for the licence, to unblock it. Then click Check on the "
            "connection."
        ),
        "connection",
    ),
    "licence_expired": Message(
        _lt("The licence of Exact Online has expired: %(text)s"),
        _lt("Renew it at Exact, then click Check on the connection. Nothing is lost meanwhile."),
        "connection",
    ),
    "division_blocked": Message(
        _lt("The administration is blocked in Exact Online: %(text)s"),
        _lt(
            "Exact blocks it during a backup, a conversion or a copy, or when it is archived. It "
            "goes on by itself once that is done. If it lasts, ask the administrator of Exact "
            "Online."
        ),
        "exact",
    ),
    "no_division_access": Message(
        _lt("The Exact user of this connection has no access to this administration: %(text)s"),
        _lt(
            "In Exact Online, give the user access to the administration: the administration's "
            "name > Master data > Users > Overview, click the user, then Administrations. Or "
            "connect again as a user who has access. Then try again."
        ),
        "connection",
    ),
    "no_division": Message(
        _lt("This administration was not allowed for this app: %(text)s"),
        _lt(
            "In Exact Online, go to My Exact Online > Security centre > Permissions for my apps "
            "> this app > Manage administrations, and move it to the selected ones. Then try "
            "again."
        ),
        "connection",
    ),
    "no_scope": Message(
        _lt("The app registration at Exact Online lacks a scope: %(text)s"),
        _lt(
            "Add the scope that is named here at apps.exactonline.com > Manage my apps, then "
            "connect again."
        ),
        "connection",
    ),
    "account_type": Message(
        _lt("This kind of Exact user may not do this: %(text)s"),
        _lt(
            "It is a user of an accountant's portal, for example, with fewer rights than others. "
            "Connect again as an ordinary user of the administration, then try again."
        ),
        "connection",
    ),
}
