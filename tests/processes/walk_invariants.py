"""What holds after every step, on both sides: each promise a function that tells what broke it.

A check takes the world and an organisation, and returns rows that should not be; none is right.
"""

import re
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

from walk_world import BY_HAND

REFERENCE = re.compile(r"KE-[0-9A-HJKMNP-TV-Z]{9}")
LIVE = ("draft", "failed", "queued", "sending", "uncertain", "open", "processed", "paid")
IN_EXACT = ("open", "processed", "paid", "credited")
# It was sent, or is being sent: what is there of it in Exact is known to be looked for.
ASKED = ("sending", "uncertain")
CENT = 0.005
HOURS = "account.analytic.line"


def no_hour_twice(world, own):
    """Promise 1: once in an administration, or marked as billed again on purpose."""
    return world.sql(
        "SELECT timesheet_id, array_agg(repeat_no), count(*) FROM keeping_exact_hour"
        " WHERE live AND corrected_id IS NULL AND administration_id = %s GROUP BY timesheet_id"
        " HAVING count(*) <> count(DISTINCT repeat_no)"
        " OR (max(repeat_no) > 0 OR count(*) > 1) AND NOT timesheet_id = ANY(%s)",
        own.administration,
        list(own.repeated),
    )


def no_hour_changed(world, own):
    """Promise 2: what is billed is there as it was billed, unless it was corrected knowingly."""
    return world.sql(
        "SELECT hour.id, hour.hours, last.hours_after, ts.id, ts.unit_amount"
        " FROM keeping_exact_hour hour"
        " LEFT JOIN account_analytic_line ts ON ts.id = hour.timesheet_id"
        " LEFT JOIN LATERAL (SELECT hours_after FROM keeping_exact_correction c"
        "  WHERE c.hour_id = hour.id AND c.kind = 'corrected' ORDER BY c.id DESC LIMIT 1"
        " ) last ON TRUE"
        " WHERE hour.live AND hour.corrected_id IS NULL AND hour.administration_id = %s"
        " AND (ts.id IS NULL"
        "  OR abs(ts.unit_amount - coalesce(last.hours_after, hour.hours)) > 0.0001)",
        own.administration,
    )


def no_hour_lost(world, own):
    """The timesheets are those that people made, with the hours that they wrote."""
    rows = dict(
        world.sql(
            "SELECT id, unit_amount FROM account_analytic_line"
            " WHERE company_id = %s AND project_id = ANY(%s)",
            own.company,
            own.projects,
        )
    )
    wrong = {
        key for key in rows.keys() & own.hours.keys() if abs(rows[key] - own.hours[key]) > 0.001
    }
    return [*(rows.keys() ^ own.hours.keys()), *wrong]


def ended_links_hold_no_hours(world, own):
    """Each hour is free, reserved or billed: what ended holds none, what lasts holds its own."""
    return world.sql(
        "SELECT link.id, link.state, hour.id, hour.live FROM keeping_exact_hour hour"
        " JOIN keeping_exact_invoice link ON link.id = hour.invoice_id"
        " WHERE link.administration_id = %s AND (hour.live AND NOT link.state = ANY(%s)"
        " OR NOT hour.live AND hour.released_at IS NULL)",
        own.administration,
        list(LIVE),
    )


def only_credits_end_a_part(world, own):
    """No hour of a link in force became free, but by a credit note; and each of those did."""
    return world.sql(
        "SELECT link.id, link.state, hour.id, hour.live, credit.state FROM keeping_exact_hour hour"
        " JOIN keeping_exact_invoice link ON link.id = hour.invoice_id"
        " LEFT JOIN keeping_exact_credit credit ON credit.id = hour.credit_id"
        " WHERE link.administration_id = %s AND link.state = ANY(%s)"
        " AND hour.live = (coalesce(credit.state, '') = 'done')",
        own.administration,
        list(LIVE),
    )


def credited_is_what_is_left_of_nothing(world, own):
    """A link is credited as a whole when none of its hours is in force any more, and only then."""
    return world.sql(
        "SELECT link.id, link.state, count(*) FROM keeping_exact_invoice link"
        " JOIN keeping_exact_hour hour ON hour.invoice_id = link.id"
        " WHERE link.administration_id = %s AND link.state IN ('processed', 'paid', 'credited')"
        " GROUP BY link.id HAVING bool_or(hour.live) = (link.state = 'credited')",
        own.administration,
    )


def exactly_one_invoice(world, own):
    """Promise 3: none is doubled, none is in Exact that no link knows, none is lost."""
    rows = world.books.invoices(own.code)
    found = Counter()
    for guid, row in rows.items():
        for reference in set(REFERENCE.findall(row.get("Description") or "")):
            found[reference] += 1
            if found[reference] > 1:
                yield ("doubled", reference)
            yield from _check_known(world, own, guid, reference)
    links = world.links(own)
    for name, (state, guid, deleting) in links.items():
        if state in IN_EXACT and guid not in rows and guid not in own.deleted and not deleting:
            yield ("lost", name, state, guid)


def _check_known(world, own, guid, reference):
    known = {**world.links(own), **world.credits(own)}
    state, known, _deleting = known.get(reference, (None, None, None))
    if state is None:
        yield ("nobody's", reference)
    elif known != guid and state not in ASKED:
        yield ("not known", reference, state)


def no_line_twice(world, own):
    """Promise 3: on no invoice are more lines of ours than are stored, nor two stored as one."""
    there = Counter(
        row["InvoiceID"]
        for row in world.books.lines(own.code).values()
        if row.get("Notes") != BY_HAND
    )
    for guid, lines, known, different in world.sql(
        "SELECT link.guid, count(*), count(line.guid), count(DISTINCT line.guid)"
        " FROM keeping_exact_invoice link"
        " JOIN keeping_exact_invoice_line line ON line.invoice_id = link.id"
        " WHERE link.administration_id = %s AND link.state = ANY(%s) GROUP BY link.guid",
        own.administration,
        list(IN_EXACT),
    ):
        if there[guid] > lines or known != different:
            yield (guid, there[guid], lines, known, different, *_tell_lines(world, own, guid))


def _tell_lines(world, own, guid):
    """Tell of an invoice what lines are in Exact, what is stored, and what was done with them."""
    names = ("ID", "Quantity", "UnitPrice", "Discount", "Description", "Notes")
    for row in world.books.lines(own.code).values():
        if row["InvoiceID"] == guid:
            yield ("in Exact", *(row.get(name) for name in names))
    yield from world.sql(
        "SELECT 'stored', line.id, line.guid, line.quantity, line.unit_price, line.name"
        " FROM keeping_exact_invoice_line line"
        " JOIN keeping_exact_invoice link ON link.id = line.invoice_id WHERE link.guid = %s",
        guid,
    )
    yield from world.sql(
        "SELECT 'step', step.id, step.what, step.state, step.error_code, step.guid, step.line_id,"
        " step.shown, step.wanted, step.create_date, step.write_date"
        " FROM keeping_exact_line_change step"
        " JOIN keeping_exact_invoice link ON link.id = step.invoice_id WHERE link.guid = %s"
        " ORDER BY step.id",
        guid,
    )


def no_secret_is_told(world, own):
    """Promise 5: no message, reason or log of calls holds one."""
    texts = world.sql(
        "SELECT body FROM mail_message WHERE id > %s"
        " UNION ALL SELECT concat_ws(' ', path, endpoint, reference, outcome)"
        " FROM keeping_exact_call WHERE id > %s"
        " UNION ALL SELECT concat_ws(' ', error_text, your_ref, description)"
        " FROM keeping_exact_invoice WHERE administration_id = %s AND error_text IS NOT NULL",
        *world.told,
        own.administration,
    )
    text = "\n".join(row[0] or "" for row in texts)
    return [secret[:6] for secret in world.secrets() if secret in text]


def companies_are_walls(world, own):
    """Promise 7: whatever hangs together is of one organisation."""
    return world.sql(
        """
        SELECT 'hour', hour.id FROM keeping_exact_hour hour
          JOIN keeping_exact_invoice link ON link.id = hour.invoice_id
          JOIN keeping_exact_administration books ON books.id = link.administration_id
          LEFT JOIN account_analytic_line ts ON ts.id = hour.timesheet_id
          LEFT JOIN keeping_exact_invoice_line line ON line.id = hour.invoice_line_id
         WHERE books.id = %(books)s AND (hour.company_id <> books.company_id
            OR link.company_id <> books.company_id OR ts.company_id <> books.company_id
            OR hour.administration_id <> books.id OR line.invoice_id <> link.id)
         UNION ALL
        SELECT 'customer', link.id FROM keeping_exact_invoice link
          JOIN keeping_exact_customer customer ON customer.id = link.customer_id
         WHERE link.administration_id = %(books)s
           AND customer.administration_id <> link.administration_id
         UNION ALL
        SELECT 'operation', id FROM keeping_exact_operation
         WHERE administration_id = %(books)s AND company_id <> %(company)s
        """,
        {"books": own.administration, "company": own.company},
    )


def lines_add_up(world, own):
    """What the hours on a line are billed for is the line, unless Exact's own figure holds."""
    return world.sql(
        """
        SELECT link.id, link.state, line.id, line.amount, sum(hour.amount)
          FROM keeping_exact_invoice_line line
          JOIN keeping_exact_invoice link ON link.id = line.invoice_id
          JOIN keeping_exact_hour hour ON hour.invoice_line_id = line.id
         WHERE link.administration_id = %s AND line.as_in_exact IS NOT TRUE
         GROUP BY link.id, line.id
        HAVING bool_and(hour.live) AND abs(line.amount - sum(hour.amount)) > %s
        """,
        own.administration,
        CENT,
    )


def drafts_add_up(world, own):
    """An invoice that is not in Exact is what its lines are."""
    return world.sql(
        """
        SELECT link.id, link.amount_untaxed, sum(line.amount)
          FROM keeping_exact_invoice link
          JOIN keeping_exact_invoice_line line ON line.invoice_id = link.id
         WHERE link.administration_id = %s AND link.guid IS NULL
         GROUP BY link.id HAVING abs(link.amount_untaxed - sum(line.amount)) > %s
        """,
        own.administration,
        CENT,
    )


def work_has_a_state(world, own):
    """What is on its way is in the queue, and what is in the queue is on its way."""
    return world.sql(
        """
        SELECT link.id, link.state, operation.state FROM keeping_exact_invoice link
          LEFT JOIN keeping_exact_operation operation
            ON operation.record = 'keeping.exact.invoice,' || link.id
           AND operation.state IN ('planned', 'claimed', 'uncertain')
         WHERE link.administration_id = %s
           AND (link.state IN ('queued', 'sending', 'uncertain')) <> (operation.id IS NOT NULL)
        """,
        own.administration,
    )


def each_hour_is_somewhere(world, own):
    """Promise 2: what people are told of each hour is so: free, reserved, invoiced or paid."""
    told = {}
    for state in ("to_invoice", "reserved", "invoiced", "paid", "not_billable"):
        domain = [("keeping_exact_state", "=", state), ("id", "in", list(own.hours))]
        for timesheet in world.act(own, lambda env: env[HOURS].search(domain).ids):  # noqa: B023
            # Billed again on purpose, it is looked for as both.
            if timesheet in told and timesheet not in own.repeated:
                yield (timesheet, told[timesheet], state)
            told[timesheet] = state
    yield from own.hours.keys() - told.keys()
    for timesheet, states in world.sql(
        "SELECT ts.id, array_agg(link.state) FILTER (WHERE link.id IS NOT NULL)"
        " FROM account_analytic_line ts"
        " LEFT JOIN keeping_exact_hour hour ON hour.timesheet_id = ts.id AND hour.live"
        " LEFT JOIN keeping_exact_invoice link ON link.id = hour.invoice_id"
        " WHERE ts.id = ANY(%s) GROUP BY ts.id",
        list(own.hours),
    ):
        if (told.get(timesheet) == "to_invoice") != (not states):
            yield (timesheet, told.get(timesheet), states)


# It asks Odoo itself, which takes longer.
NOW_AND_THEN = (each_hour_is_somewhere,)
EACH = (
    no_hour_twice,
    no_hour_changed,
    no_hour_lost,
    ended_links_hold_no_hours,
    only_credits_end_a_part,
    credited_is_what_is_left_of_nothing,
    exactly_one_invoice,
    no_line_twice,
    no_secret_is_told,
    companies_are_walls,
    lines_add_up,
    drafts_add_up,
    work_has_a_state,
)


# ---------------------------------------------------------------------- at the end


def nothing_is_stuck(world, own):
    """With time passed and nothing going wrong: the queue is empty."""
    stuck = world.sql(
        "SELECT id, state, error_code FROM keeping_exact_invoice WHERE administration_id = %s"
        " AND state IN ('queued', 'sending', 'uncertain')",
        own.administration,
    )
    return stuck + world.sql(
        "SELECT id, kind, record, state, due_at FROM keeping_exact_operation"
        " WHERE administration_id = %s AND state IN ('planned', 'claimed', 'uncertain')",
        own.administration,
    )


def both_sides_are_the_same(world, own):
    """What is read again from Exact is what stands there."""
    rows = world.books.invoices(own.code)
    for name, guid, state, untaxed in world.sql(
        "SELECT name, guid, state, amount_untaxed FROM keeping_exact_invoice"
        " WHERE administration_id = %s AND state = ANY(%s)",
        own.administration,
        list(IN_EXACT),
    ):
        if guid not in rows:
            if guid not in own.deleted:
                yield (name, "is not there")
            continue
        theirs = sum(
            float(line.get("AmountFC") or 0)
            for line in world.books.lines(own.code).values()
            if line["InvoiceID"] == guid
        )
        # That of the customer, which goes off the whole invoice (reference, chapter 4.3).
        discount = Decimal(str(rows[guid].get("Discount") or 0))
        off = (Decimal(f"{theirs:.2f}") * discount).quantize(Decimal("0.01"), ROUND_HALF_UP)
        theirs -= float(off)
        if abs(theirs - float(untaxed or 0)) > CENT:
            yield (name, state, untaxed, theirs)
        if (rows[guid]["Status"] == 50) != (state != "open"):
            yield (name, state, rows[guid]["Status"])


AT_THE_END = (*NOW_AND_THEN, nothing_is_stuck, both_sides_are_the_same)
