import json

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from ..models.keeping_exact_export import PATH
from ..tools.links_file.columns import LEFT_OUT, TABLES
from .move_case import MoveCase, members, rows_of


@tagged("post_install", "-at_install")
class TestExport(MoveCase):
    def test_all_that_matters_is_in_the_file(self):
        invoice = self._bill(1, 2.5)
        released = self._bill(4, state="open")
        released.action_release()
        content = self._export()
        links = rows_of(content, "invoices")
        self.assertEqual([row["reference"] for row in links], [invoice.name, released.name])
        self.assertEqual(links[0]["administration"], str(self.administration.code))
        self.assertEqual(links[0]["site"], "nl")
        self.assertEqual(links[0]["guid"], invoice.guid)
        self.assertEqual(float(links[0]["amount_untaxed"]), 350)
        self.assertEqual([row["state"] for row in links], ["processed", "disconnected"])
        self.assertEqual(len(rows_of(content, "lines")), 2)
        hours = rows_of(content, "hours")
        self.assertEqual([row["live"] for row in hours], ["yes", "yes", "no"])
        self.assertEqual([float(row["hours"]) for row in hours], [1, 2.5, 4])
        self.assertEqual([float(row["rate"]) for row in hours], [100] * 3)
        self.assertEqual(hours[0]["employee"], "Viewer")
        self.assertEqual(hours[0]["project"], "Website")

    def test_what_is_not_in_exact_or_on_its_way_is_left_out_and_named(self):
        draft = self._preview_of(1)
        queued = self._bring(self._preview_of(2).sudo(), "queued")
        deleted = self._bill(3, state="open")
        self.env["keeping.exact.deletion"].sudo().create({"invoice_id": deleted.id})
        content = self._export()
        self.assertFalse(rows_of(content, "invoices"))
        left_out = {row["reference"]: row["because"] for row in rows_of(content, "left_out")}
        self.assertEqual(set(left_out), {draft.name, queued.name, deleted.name})
        self.assertIn("not in Exact", left_out[draft.name])
        self.assertIn("on its way", left_out[deleted.name])

    def _preview_of(self, *amounts):
        return self._preview(timesheet_ids=[(6, 0, self._make_hours(*amounts).ids)])

    def test_it_says_of_which_database_and_moment_it_is(self):
        self._bill(1)
        told = json.loads(members(self._export())["manifest.json"])
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        self.assertEqual(told["database"], uuid)
        self.assertEqual(told["organisation"], self.company.name)
        self.assertEqual(told["version"], 3)
        after = {"corrections": 0, "credits": 0, "credit_lines": 0}
        rows = {"invoices": 1, "lines": 1, "hours": 1, **after, "left_out": 0}
        self.assertEqual(told["rows"], rows)
        self.assertTrue(told["exported_at"])

    def test_the_columns_are_those_of_the_format(self):
        Rows = self.env["keeping.exact.export.rows"]
        for table in (*TABLES, LEFT_OUT):
            query = Rows._get_queries(self.company)[table.name]
            self.env.cr.execute(query)
            names = [column.name for column in self.env.cr.description]
            with self.subTest(table=table.name):
                self.assertEqual(names, ["key", *table.columns])

    def test_a_spreadsheet_takes_no_text_for_a_formula(self):
        self._bill(1, name='=HYPERLINK("http://elsewhere.example")')
        [row] = rows_of(self._export(), "hours")
        self.assertEqual(row["name"], '\'=HYPERLINK("http://elsewhere.example")')

    def test_no_secret_is_in_the_file(self):
        self._bill(1)
        connection = self.administration.connection_id.sudo()
        connection.client_secret = "top secret"
        grant = self.env["keeping.exact.grant"].sudo()
        connection.grant_id = grant.create(
            {"site": "nl", "client_id": "x", "exact_user": "x", "access_token": "token-x"}
        )
        self.env.flush_all()
        self.env.cr.execute("SELECT to_jsonb(g)::text FROM keeping_exact_grant g")
        stored = [
            value
            for [row] in self.env.cr.fetchall()
            for name, value in json.loads(row).items()
            if value and ("secret" in name or "token" in name) and isinstance(value, str)
        ]
        for data in members(self._export()).values():
            for secret in ("top secret", "token-x", connection.client_id + "-", *stored):
                self.assertNotIn(secret.encode(), data)

    def test_another_organisation_is_not_in_the_file(self):
        self._bill(1)
        self.mover.company_ids |= self.other_company
        content = self._export(company=self.other_company)
        self.assertFalse(rows_of(content, "invoices"))
        self.assertFalse(rows_of(content, "hours"))

    def test_whoever_does_not_both_administer_and_invoice_gets_no_file(self):
        self._bill(1)
        for user in (self.viewer, self.invoicer, self.administrator):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._export(user)
            Move = self.env["keeping.exact.move"].with_user(user).with_company(self.company)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                Move.action_open()
        with self.assertRaises(AccessError):
            self._export(self.mover, self.other_company)

    def test_it_works_while_the_integration_is_switched_off(self):
        self._bill(1)
        self.company.keeping_exact_enabled = False
        self.assertEqual(len(rows_of(self._export(), "invoices")), 1)

    def test_the_page_tells_what_the_file_has(self):
        self._bill(1, 2)
        draft = self._preview_of(1)
        Move = self.env["keeping.exact.move"].with_user(self.mover).with_company(self.company)
        page = Move.browse(Move.action_open()["res_id"])
        self.assertEqual((page.link_count, page.hour_count, page.left_out_count), (1, 2, 1))
        self.assertFalse(page.is_kept)
        self.assertEqual(page.action_show_left_out()["domain"], [("id", "in", draft.ids)])
        self._export()
        page = Move.browse(Move.action_open()["res_id"])
        self.assertTrue(page.is_kept)
        self.assertEqual(page.last_by_id, self.mover)


@tagged("post_install", "-at_install")
class TestExportDownload(MoveCase, HttpCase):
    def _ask(self):
        Export = self.env["keeping.exact.export"].with_user(self.mover).with_company(self.company)
        return Export._ask_file(self.company)["url"]

    def test_the_file_is_downloaded_once_by_who_asked_for_it(self):
        invoice = self._bill(1)
        url = self._ask()
        new_test_user(self.env, "portal_user", groups="base.group_portal")
        colleague = self._make_user("colleague", "administrator")
        colleague.group_ids |= self.env.ref("keeping_exact_connector.group_invoicing")
        for login in ("portal_user", "viewer", "administrator", "invoicer", "colleague"):
            self.authenticate(login, login)
            with self.subTest(login=login):
                self.assertIn(self.url_open(url).status_code, (403, 404))
        self.authenticate("mover", "mover")
        answer = self.url_open(url)
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        self.assertEqual(rows_of(answer.content, "invoices")[0]["reference"], invoice.name)
        self.assertEqual(self.url_open(url).status_code, 404)
        export = self.env["keeping.exact.export"].sudo().browse(int(url.rsplit("/", 1)[1]))
        self.assertTrue(export.made_at)
        self.assertEqual(len(export.digest), 64)

    def test_an_address_alone_makes_no_export(self):
        self.authenticate("mover", "mover")
        self.assertEqual(self.url_open(f"{PATH}/0").status_code, 404)
        self.assertFalse(self.env["keeping.exact.export"].sudo().search([("made_at", "!=", False)]))
