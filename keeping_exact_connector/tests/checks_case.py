from exact_sandbox.users import RIGHTS

from .sandbox_case import SandboxCase


class ChecksCase(SandboxCase):
    """Connected as a user with exactly the six rights of the seed."""

    login = "sem"
    sides = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sandbox.login = cls.login
        cls.sandbox.settings(**cls.sides)

    def _choose_item(self):
        domain = [("administration_id", "=", self.administration.id), ("code", "=", "UREN")]
        self.administration.item_id = self.env["keeping.exact.item"].search(domain)
        self.assertTrue(self.administration.item_id)

    def _check(self):
        with self._committing():
            self.administration.action_check()
        return {check.code: check.state for check in self.administration.check_ids}

    def _get(self, code):
        return self.administration.check_ids.filtered(lambda check: check.code == code)

    def _control(self, path, **body):
        return self.sandbox.control("POST", path, {"division": self.administration.code, **body})

    def _change(self, path, where, **values):
        body = {"where": where, "values": values}
        self.sandbox.control("POST", f"rows/{self.administration.code}/{path}", body)

    def _rights(self, without=None):
        self.sandbox.change_user(self.login, rights=[r for r in RIGHTS if r != without])

    def _errors(self):
        return {row["endpoint"]: row["errors"] for row in self.sandbox.error_counts()["errors"]}
