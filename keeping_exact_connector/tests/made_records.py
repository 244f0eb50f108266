from odoo import Command


class MadeRecords:
    """A record of each model that comes with a link in Exact: dicts by the model's name.

    For test cases of ``ExactCase``; wizards are those of the user who would open them.
    """

    def _make_credits(self, invoice):
        credit = {"invoice_id": invoice.id, "origin": "made"}
        line = {"invoice_line_id": invoice.line_ids[:1].id, "amount": 1}
        credit = (
            self.env["keeping.exact.credit"]
            .sudo()
            .create({**credit, "line_ids": [Command.create(line)]})
        )
        Find = self.env["keeping.exact.credit.find"].with_user(self.invoicer).sudo()
        find = Find.create({"invoice_id": invoice.id, "candidate_ids": [Command.create({})]})
        action = (
            self.env["keeping.exact.credit.choice"]
            .with_user(self.invoicer)
            ._ask_making(invoice.with_user(self.invoicer))
        )
        choice = self.env["keeping.exact.credit.choice"].browse(action["res_id"]).sudo()
        made = (credit, credit.line_ids, find, find.candidate_ids, choice, choice.line_ids[:1])
        return {record._name: record for record in (*made, choice.hour_ids[:1])}

    def _make_link_records(self, invoice):
        Link = self.env["keeping.exact.invoice.link"].with_user(self.invoicer)
        link = Link.with_company(self.company).create({}).sudo()
        link.write(
            {
                "row_ids": [Command.create({"guid": "x"})],
                "line_ids": [Command.create({"guid": "x"})],
                "group_ids": [Command.create({"key": "x"})],
            }
        )
        adjust = self.env["keeping.exact.adjust"].with_user(self.invoicer).sudo()
        adjust = adjust.create({"invoice_id": invoice.id, "line_ids": [Command.create({})]})
        change = {"invoice_id": invoice.id, "guid": "x", "shown": "{}", "wanted": "{}"}
        records = (link, link.row_ids, link.line_ids, link.group_ids, adjust, adjust.line_ids)
        change = self.env["keeping.exact.line.change"].sudo().create(change)
        return {record._name: record for record in (*records, change)}

    def _make_corrections(self, invoice):
        hour = invoice.hour_ids[0]
        values = {"hour_id": hour.id, "company_id": self.company.id, "reason": "x"}
        values |= {"hours_after": 0, "billed_after": 0, "amount_after": 0}
        correction = self.env["keeping.exact.correction"].sudo().create(values)
        mine = self.env(user=self.invoicer)
        correct = mine["keeping.exact.correct"].create({"timesheet_id": hour.timesheet_id.id})
        waive = mine["keeping.exact.waive"].create({"hour_ids": hour.ids})
        self.env.flush_all()
        opened = self.env["keeping.exact.correction.open"].sudo().browse(hour.id)
        return {record._name: record.sudo() for record in (correction, opened, correct, waive)}

    def _make_move_records(self):
        Import = self.env["keeping.exact.import"].with_user(self.administrator)
        wizard = Import.with_company(self.company).create({}).sudo()
        wizard.write({"row_ids": [Command.create({})], "hour_ids": [Command.create({})]})
        mine = {"company_id": self.company.id}
        move = self.env["keeping.exact.move"].with_user(self.administrator)
        export = self.env["keeping.exact.export"].sudo().create(mine)
        records = (wizard, wizard.row_ids, wizard.hour_ids, export)
        records += (move.with_company(self.company).create(mine),)
        return {record._name: record for record in records}
