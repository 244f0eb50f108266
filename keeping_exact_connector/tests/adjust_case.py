from datetime import date
from uuid import UUID

from .link_case import LINES, PRINTED, LinkCase


class AdjustCase(LinkCase):
    """An open invoice with two lines that is linked: what a bookkeeper does to it, and we do."""

    profile = "strict"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hours = cls._make_hours(3)
        with cls._committing():
            cls.guid = cls._bill((3, 100, "Website"), (1, 40, "Travel"))
            cls.invoice = cls._linked(cls.guid)
        cls.sandbox.clear_calls()
        # Each test goes back to here.
        cls.sandbox.keep()

    # ------------------------------------------------------------------ steps

    def _compare(self):
        action = self.invoice.action_compare_lines()
        return self.env[action["res_model"]].with_user(self.invoicer).browse(action["res_id"])

    def _lines_in_exact(self):
        with self.administration._get_client() as client:
            return self.env["keeping.exact.invoice"]._read_exact_lines(client, self.guid)

    def _texts_in_exact(self):
        return sorted(row["Description"] for row in self._lines_in_exact())

    def _remove(self, text):
        [row] = [row for row in self._lines_in_exact() if row["Description"] == text]
        with self.administration._get_client() as client:
            client.delete(LINES, UUID(row["ID"]))

    def _add(self, text="Parking", quantity=2, price=15, **values):
        new = {"InvoiceID": self.guid, "Item": self.item.guid, "Description": text}
        with self.administration._get_client() as client:
            return client.post(LINES, {**new, "Quantity": quantity, "UnitPrice": price, **values})[
                "ID"
            ]

    def _process(self):
        with self.administration._get_client() as client:
            client.post(PRINTED, {"InvoiceID": self.guid, "InvoiceDate": date(2026, 11, 5)})

    def _send_till_done(self):
        for _look in range(3):
            self._send()
            self._pass_time()
        self._send()

    def _calls(self, method):
        calls = [call for call in self.sandbox.calls() if call["method"] == method]
        return [call for call in calls if LINES.casefold() in call["path"].casefold()]

    def _steps(self):
        return self.invoice.line_change_ids.sorted("id")

    def _told(self):
        return "".join(self.invoice.message_ids.mapped("body"))

    def _delete_past_rules(self, text):
        where = {"where": {"InvoiceID": self.guid, "Description": text}}
        self.sandbox.control("DELETE", f"rows/{self.administration.code}/{LINES}", where)
