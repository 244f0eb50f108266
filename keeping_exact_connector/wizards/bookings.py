"""On which item, cost centre and cost unit hours are booked."""

from ..tools.costs import COSTS

# What of an entry decides.
KEPT_APART = ("item_id", "vat_code_id", "task_id", "project_id", "employee_id")


class Bookings:
    """What keeps hours apart besides their price; all of it is read once for all hours.

    :param wizard: keeping.exact.invoice.create
    :param list rows: the entries, of ``_fetch_entries``
    """

    def __init__(self, wizard, rows):
        env = wizard.sudo().env
        self.places = {
            kind: env[model].browse({row[f"{kind}_id"] for row in rows if row[f"{kind}_id"]})
            for kind, model in (
                ("task", "project.task"),
                ("project", "project.project"),
                ("employee", "hr.employee"),
            )
        }
        items = self.places["project"].keeping_exact_item_id
        here = wizard.sudo()._find_here(items)
        self.items = {
            project.id: here.get(project.keeping_exact_item_id.id)
            for project in self.places["project"]
            if project.keeping_exact_item_id
        }
        self._known = {}
        self.codes = {cost: self._read_codes(cost) for cost in COSTS}
        self.records = {cost: self._find_records(wizard, cost) for cost in COSTS}

    def _read_codes(self, cost):
        """Return codes by kind of place and id: the task goes before project and employee."""
        return {
            kind: {place.id: (place[cost.code_field] or "").strip() for place in places}
            for kind, places in self.places.items()
        }

    def _find_records(self, wizard, cost):
        """Return the id of each code in the administration of the invoice."""
        codes = {code for known in self.codes[cost].values() for code in known.values() if code}
        if not codes:
            return {}
        found = (
            wizard.sudo()
            .env[cost.model]
            .search(
                [
                    ("administration_id", "=", wizard.administration_id.id),
                    ("code", "in", list(codes)),
                ]
            )
        )
        return {record.code: record.id for record in found}

    def get(self, row):
        """Return what keeps an entry apart: item, VAT code, cost centre and cost unit.

        The item of the rate card goes before that of the project.
        """
        # The same few come back in thousands of entries.
        key = tuple(row[name] for name in KEPT_APART)
        if key not in self._known:
            costs = (self._get_cost(cost, row) for cost in COSTS)
            item_id = row["item_id"] or self.items.get(row["project_id"])
            self._known[key] = (item_id, row["vat_code_id"], *costs)
        return self._known[key]

    def _get_cost(self, cost, row):
        codes = (known.get(row[f"{kind}_id"]) for kind, known in self.codes[cost].items())
        return next((self.records[cost].get(code) for code in codes if code), None)
