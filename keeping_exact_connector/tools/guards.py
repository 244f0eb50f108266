"""What a person may write on records that otherwise follow a flow."""

from odoo.exceptions import AccessError

ADMINISTRATOR = "keeping_exact_connector.group_administrator"
INVOICING = "keeping_exact_connector.group_invoicing"
PROCESSING = "keeping_exact_connector.group_processing"
# Both say which customer in Exact is meant.
MAPPERS = (INVOICING, ADMINISTRATOR)
# Written by the chatter and by activities on behalf of the person.
FOLLOW_UP = ("message_", "activity_")


def check_editable(records, vals, editable):
    """Refuse a write, over RPC too, of fields that only the flow may set.

    :param records: the records; superuser (the flow) may write everything
    :param dict vals: what is about to be written
    :param editable: names of the fields that a person may write
    :return: the set of names in *vals* that are of the model's own business
    :raise AccessError: names the fields
    """
    names = {name for name in vals if not name.startswith(FOLLOW_UP)}
    if not records.env.su and names - set(editable):
        fixed = ", ".join(sorted(names - set(editable)))
        raise AccessError(records.env._("These fields cannot be changed: %s", fixed))
    return names


def check_administrator(records, also_off=False):
    """Refuse an action to whoever may not write these records, or is no administrator.

    :param records: of a model with ``company_id``
    :param bool also_off: allow it where the organisation has switched the integration off: for
        what only ends or loosens something, and talks to nobody
    :raise AccessError: says what is missing
    :raise UserError: the integration is switched off for the organisation
    """
    records.check_access("write")
    if not records.env.user.has_group(ADMINISTRATOR):
        raise AccessError(records.env._("Only an Exact Online administrator may do this."))
    if not also_off:
        records.company_id._check_keeping_exact_enabled()


def check_invoicing(env):
    """Refuse an action to whoever may not invoice.

    :raise AccessError: says so
    """
    if not env.user.has_group(INVOICING):
        raise AccessError(env._("Only users who may invoice in Exact may do this."))


def check_processing(env):
    """Refuse an action to whoever may not process invoices in Exact.

    :raise AccessError: says so
    """
    if not env.user.has_group(PROCESSING):
        raise AccessError(env._("Only users who may process invoices in Exact may do this."))


def check_mapping(records):
    """Refuse to say which customer in Exact is meant to whoever neither invoices nor administers.

    :param records: of a model with ``company_id``
    :raise AccessError: says what is missing
    :raise UserError: the integration is switched off for the organisation
    """
    records.check_access("read")
    if not any(map(records.env.user.has_group, MAPPERS)):
        raise AccessError(
            records.env._("Only users who may invoice in Exact, or administer it, may do this.")
        )
    records.company_id._check_keeping_exact_enabled()
