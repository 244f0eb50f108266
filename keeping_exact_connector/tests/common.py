from odoo import Command
from odoo.tests import TransactionCase

from ..tools.invoice_states import find_way

GROUP = "keeping_exact_connector.group_"


class ExactCase(TransactionCase):
    """An organisation with a linked administration, customers, projects and hours.

    The administration is made by hand: what happens on the wire is in SandboxCase.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        # Said here: a company's default currency depends on what else is installed.
        cls.company, cls.other_company = cls.env["res.company"].create(
            [
                # Without Odoo's picture, which it would store in several sizes.
                {"name": name, "currency_id": cls.euro.id, "logo": False}
                for name in ("Bureau Zuid", "Bureau Noord")
            ]
        )
        cls.invoicer, cls.viewer, cls.administrator, cls.outsider = cls._make_users(
            ("invoicer", "invoicing", cls.company),
            ("viewer", "user", cls.company),
            ("administrator", "administrator", cls.company),
            ("outsider", "processing", cls.other_company),
        )
        cls.administration = cls._make_administration(cls.company, 100001)
        cls.vat_code = (
            cls.env["keeping.exact.vat.code"]
            .sudo()
            .create(
                {
                    "administration_id": cls.administration.id,
                    "guid": "vat",
                    "code": "4",
                    "name": "High",
                    "type": "E",
                    "transaction_type": "B",
                    "percentage": 0.21,
                }
            )
        )
        cls.administration.vat_code_id = cls.vat_code
        cls.customer = cls._make_partner("Klant & Zoon")
        cls.project = cls._make_project("Website", cls.customer)
        cls.task = cls.env["project.task"].create(
            {"name": "Design", "project_id": cls.project.id, "company_id": cls.company.id}
        )

    @classmethod
    def _make_user(cls, login, group, company=None):
        return cls._make_users((login, group, company or cls.company))

    @classmethod
    def _make_users(cls, *wanted):
        """Make users, each an employee; together, as one by one takes several times as long.

        :param wanted: (login, group of ours, company) each; the password is the login, filled up
        """
        # Without a letter of invitation, which takes longer than the user.
        Users = cls.env["res.users"].with_context(no_reset_password=True)
        users = Users.create(
            [
                {
                    "name": f"{login} ({group})",
                    "login": login,
                    "password": login.ljust(8, "x"),
                    "email": f"{login[0]}.{login[0]}@example.com",
                    "group_ids": [
                        Command.set(
                            [cls.env.ref("base.group_user").id, cls.env.ref(GROUP + group).id]
                        )
                    ],
                    "company_id": company.id,
                    "company_ids": [Command.set(company.ids)],
                }
                for login, group, company in wanted
            ]
        ).with_env(cls.env)
        cls.env["hr.employee"].create(
            [
                {
                    "name": user.login.title(),
                    "user_id": user.id,
                    "company_id": user.company_id.id,
                    "hourly_cost": 40,
                }
                for user in users
            ]
        )
        return users

    @classmethod
    def _make_administration(cls, company, code, state="linked"):
        connection = (
            cls.env["keeping.exact.connection"]
            .sudo()
            .create({"company_id": company.id, "site": "nl", "client_id": "test"})
        )
        return (
            cls.env["keeping.exact.administration"]
            .sudo()
            .create(
                {
                    "name": f"Books of {company.name}",
                    "code": code,
                    "site": "nl",
                    "company_id": company.id,
                    "connection_id": connection.id,
                    "currency_id": cls.euro.id,
                    "state": state,
                }
            )
        )

    @classmethod
    def _make_partner(cls, name, **vals):
        return cls.env["res.partner"].create({"name": name, "is_company": True, **vals})

    @classmethod
    def _make_project(cls, name, partner, company=None):
        return cls.env["project.project"].create(
            {
                "name": name,
                "partner_id": partner.id,
                "company_id": (company or cls.company).id,
                "allow_timesheets": True,
            }
        )

    @classmethod
    def _make_hours(cls, *amounts, project=None, user=None, date="2026-10-12", **vals):
        project = project or cls.project
        company = project.company_id
        employee = cls.env["hr.employee"].search(
            [("user_id", "=", (user or cls.viewer).id), ("company_id", "=", company.id)]
        )
        return (
            cls.env["account.analytic.line"]
            .with_company(company)
            .create(
                [
                    {
                        "name": f"Work {position}",
                        "project_id": project.id,
                        "employee_id": employee.id,
                        "unit_amount": amount,
                        "date": date,
                        **vals,
                    }
                    for position, amount in enumerate(amounts)
                ]
            )
        )

    @classmethod
    def _bring(cls, invoice, state, **vals):
        """Bring a link to a state, on the way it comes there but without Exact."""
        for step in find_way(invoice.state, state):
            invoice.sudo()._move(step, "claimed")
        invoice.sudo().write(vals)
        return invoice

    @classmethod
    def _make_customer(cls, name, **vals):
        """A customer as read from Exact."""
        return (
            cls.env["keeping.exact.customer"]
            .sudo()
            .create(
                {
                    "administration_id": cls.administration.id,
                    "guid": f"guid-{name}",
                    "name": name,
                    "status": "C",
                    **vals,
                }
            )
        )

    def _wizard(self, user=None, **vals):
        user = user or self.invoicer
        defaults = {
            "administration_id": self.administration.id,
            "date_from": False,
            "date_to": False,
            "rate": 100,
            "group_by": "project",
        }
        Wizard = self.env["keeping.exact.invoice.create"].with_user(user)
        return Wizard.with_company(user.company_id).create({**defaults, **vals})

    def _preview(self, user=None, **vals):
        """Make drafts as the invoicing user and return them."""
        before = self.env["keeping.exact.invoice"].search([])
        self._wizard(user, **vals).action_preview()
        made = self.env["keeping.exact.invoice"].search([]) - before
        return made.with_user(user or self.invoicer).with_company(self.company)
