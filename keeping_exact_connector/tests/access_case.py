from odoo import Command
from odoo.tests import new_test_user

from .common import ExactCase


class AccessCase(ExactCase):
    """Somebody of each group, and of none, with hours of two of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.processor = cls._make_user("processor", "processing")
        cls.timesheeter = new_test_user(
            cls.env,
            "timesheeter",
            groups="base.group_user,hr_timesheet.group_timesheet_manager,project.group_project_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.portal = new_test_user(cls.env, "portal_user", groups="base.group_portal")
        cls.public = cls.env.ref("base.public_user")
        cls.by_group = {
            "user": cls.viewer,
            "invoicing": cls.invoicer,
            "processing": cls.processor,
            "administrator": cls.administrator,
            "none": cls.timesheeter,
            "portal": cls.portal,
            "public": cls.public,
        }
        cls.hours = cls._make_hours(1, 2)
        cls._make_hours(4, user=cls.invoicer)
