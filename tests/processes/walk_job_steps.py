"""What Odoo's jobs do, time that passes, and people who have no business there."""

import time
from urllib.parse import parse_qs, urljoin, urlsplit

from walk_world import LINK, AccessError, UserError

from devtools.web import Browser, forms


def run_sender(world, own):
    from odoo.addons.keeping_exact_connector.sending.runner import serve  # noqa: PLC0415

    serve(world.registry, own.administration, time.monotonic() + 120)
    return ""


def read_lists(world, own):
    world.sql(
        "UPDATE keeping_exact_administration SET sync_at = now() - interval '1 day' WHERE id = %s",
        own.administration,
    )
    with world.system() as env:
        env["keeping.exact.administration"]._cron_sync()
    return ""


def pass_time(world, _own):
    seconds = world.chance.choice((30, 61, 61, 300, 900, 1900, 3700))
    if world.chance.random() < 0.03:
        seconds = 90_000
    world.pass_time(seconds)
    return f"{seconds} s"


def send_and_wait(world, own):
    """As the job does that comes back each minute, until the looks for what is lost are over."""
    for seconds in (61, 300, 900, 1900):
        run_sender(world, own)
        world.pass_time(seconds)
    return run_sender(world, own)


def connect_again(world, own):
    """A token was lost on the way, which only a person can mend: by permission in Exact, again."""
    rows = world.sql(
        "SELECT connection.id FROM keeping_exact_connection connection"
        " JOIN keeping_exact_administration books ON books.connection_id = connection.id"
        " WHERE books.id = %s AND connection.state <> 'connected'",
        own.administration,
    )
    connection = world.choose(row[0] for row in rows)
    with world.system() as env:
        action = env["keeping.exact.connection"].browse(connection).action_connect()
    code = _consent(action["url"], own.login, world.sandbox.password)
    with world.system() as env:
        end = env["keeping.exact.connection"].browse(connection)._accept_consent(code)
    if end and end.code != "same_user":
        raise UserError(str(end))
    with world.system() as env:
        env["keeping.exact.connection"].browse(connection)._resume_work()
    return f"{connection}"


def _consent(url, login, password):
    """Log in at Exact and allow what is asked; return the code that leads back."""
    browser = Browser()
    page = browser.open(url)
    form = next(form for form in forms(page.text) if form.has("password"))
    page = browser.submit(page, form, form.filled(text=login, password=password))
    form = next(form for form in forms(page.text) if form.button("allow"))
    allowed = form.filled(form.button("allow"), checkbox="all")
    answer = browser.session.post(
        urljoin(page.url, form.action), data=allowed, allow_redirects=False
    )
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


# ---------------------------------------------------------------------- who has no business there


def trespass(world, own):
    """People of one organisation get at nothing of another's."""

    def reach(env):
        link = env[LINK].browse(invoice)
        action = world.chance.choice(
            ("action_release", "action_send", "action_retry", "action_refresh", "action_process")
        )
        return link.read(["name"]) if world.chance.random() < 0.3 else getattr(link, action)()

    other = next(one for one in world.organisations if one is not own)
    invoice = world.find(other, "draft", "open", "processed", "failed", "queued")
    try:
        world.act(own, reach)
    except AccessError:
        return f"{invoice} is refused"
    raise AssertionError(f"{own.name} got at invoice {invoice} of {other.name}")


# (step, how often, whether a process that does it may be killed)
STEPS = [
    (run_sender, 12, True),
    (send_and_wait, 2, False),
    (read_lists, 2, True),
    (pass_time, 4, False),
    (connect_again, 6, False),
    (trespass, 2, False),
]
