"""What projects and contacts say about the head of an invoice."""


class HeaderValues:
    """The customer's reference and contact person of drafts; projects are read once for all.

    :param wizard: keeping.exact.invoice.create
    :param dict priced: lines (:class:`~.line_texts.Drafted`) by invoice
    """

    def __init__(self, wizard, priced):
        self.wizard = wizard
        ids = {
            row["project_id"] for lines in priced.values() for drafted in lines
            for row in drafted.rows
        }  # fmt: skip
        self.projects = wizard.env["project.project"].sudo().browse(ids)
        self.projects.fetch(["keeping_exact_your_ref", "partner_id"])

    def get(self, partner, lines):
        """Return values for one invoice.

        :param partner: its commercial partner
        :param list lines: its lines
        """
        ids = dict.fromkeys(row["project_id"] for drafted in lines for row in drafted.rows)
        projects = self.projects.browse(ids)
        return {
            "description": self.wizard.description,
            "your_ref": self.wizard.your_ref or self._get_ref(partner, projects),
            "contact_id": self._get_contact(partner, projects).id,
        }

    @staticmethod
    def _get_ref(partner, projects):
        """Return the reference that all projects agree on, else the customer's.

        Of projects that differ none is right for the whole invoice: a person chooses.
        """
        refs = {(project.keeping_exact_your_ref or "").strip() for project in projects} - {""}
        if len(refs) > 1:
            return False
        return refs.pop() if refs else partner.keeping_exact_your_ref

    @staticmethod
    def _get_contact(partner, projects):
        """Return the person whom all projects name as their customer, within the company."""
        contacts = projects.partner_id
        people = contacts.filtered(lambda contact: contact != partner and not contact.is_company)
        return people if people == contacts and len(people) == 1 else contacts.browse()
