import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .link_case import LinkCase

LINK = "keeping.exact.invoice.link"


@tagged("post_install", "-at_install")
class TestLinkAccess(LinkCase, HttpCase):
    """Who invoices links invoices, in organisations of their own."""

    profile = "strict"

    def _link(self):
        self._make_hours(3)
        return self._compared(self._bill())

    def test_whoever_does_not_invoice_is_refused(self):
        for user in (self.viewer, self.administrator):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env[LINK].with_user(user).action_open()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._make_hours(1).with_user(user).action_keeping_exact_link_invoice()

    def test_another_organisation_reaches_nothing(self):
        link = self._link()
        self.sandbox.clear_calls()
        theirs = link.with_user(self.outsider).with_company(self.other_company)
        for name in ("action_search", "action_save", "action_compare"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                getattr(theirs, name)()
        Link = self.env[LINK].with_user(self.outsider).with_company(self.other_company)
        mine = Link.create(
            {"company_id": self.other_company.id, "administration_id": self.administration.id}
        )
        with self.assertRaises(UserError):
            mine.action_search()
        elsewhere = {"allowed_company_ids": self.other_company.ids}
        for records in (link.group_ids, link.line_ids):
            hidden = records.with_user(self.outsider).with_context(**elsewhere)
            self.assertFalse(hidden.has_access("read"))
        self.assertFalse(self.sandbox.calls())

    def test_a_colleague_does_not_go_on_with_what_another_began(self):
        link = self._link()
        colleague = self._make_user("colleague", "invoicing")
        for record in (link, link.group_ids, link.line_ids):
            self.assertFalse(record.with_user(colleague).has_access("read"))

    def test_what_was_read_from_exact_is_not_written_by_a_person(self):
        link = self._link()
        for name, value in (
            ("guid", "x"),
            ("shown", "x"),
            ("invoice_amount", 1),
            ("customer_id", False),
            ("following", "https://elsewhere.example/"),
            ("line_ids", []),
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                link.write({name: value})
        for name, value in (("amount", 1), ("key", "x"), ("billed_hours", 1)):
            with self.subTest(name=name), self.assertRaises(AccessError):
                link.group_ids.write({name: value})
        with self.assertRaises(AccessError):
            link.line_ids.write({"amount": 1})
        with self.assertRaises(AccessError):
            link.write({"group_ids": [(5,)]})

    def test_hours_are_on_lines_of_their_own_invoice(self):
        link, other = self._link(), self._chosen(self._bill())
        with self.assertRaises(AccessError):
            link.group_ids.line_id = other.line_ids

    def test_the_integration_that_is_switched_off_links_nothing(self):
        link = self._link()
        self.company.keeping_exact_enabled = False
        for name in ("action_search", "action_compare", "action_save"):
            with self.subTest(name=name), self.assertRaises(UserError):
                getattr(link, name)()

    @mute_logger("odoo.http")
    def _call(self, method, *args):
        params = {"model": LINK, "method": method, "args": args, "kwargs": {}}
        answer = self.url_open(
            f"/web/dataset/call_kw/{LINK}/{method}",
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return answer.json()

    def test_over_rpc_neither_portal_nor_public_nor_viewers_get_anywhere(self):
        link = self._link()
        new_test_user(self.env, "portal_user", groups="base.group_portal")
        for login in ("portal_user", "viewer", None):
            self.authenticate(login, login)
            for method, args in (
                ("action_open", ()),
                ("create", ([{}],)),
                ("action_save", (link.ids,)),
                ("action_search", (link.ids,)),
                ("read", (link.ids, ["guid"])),
                ("_choose", (link.ids, "x")),
            ):
                with self.subTest(login=login, method=method):
                    self.assertIn("error", self._call(method, *args))
        self.assertFalse(self.env["keeping.exact.invoice"].search([("origin", "=", "linked")]))
