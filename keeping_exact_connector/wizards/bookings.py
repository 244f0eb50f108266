"""On which item, cost centre and cost unit hours are booked."""

COSTS = ("cost_centre", "cost_unit")


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
        self.codes = {name: self._read_codes(name) for name in COSTS}
        self.records = {name: self._find_records(wizard, name) for name in COSTS}

    def _read_codes(self, name):
        """Return codes by kind of place and id: the task goes before project and employee."""
        return {
            kind: {place.id: (place[f"keeping_exact_{name}"] or "").strip() for place in places}
            for kind, places in self.places.items()
        }

    def _find_records(self, wizard, name):
        """Return the id of each code in the administration of the invoice."""
        codes = {code for known in self.codes[name].values() for code in known.values() if code}
        if not codes:
            return {}
        model = wizard.sudo().env[f"keeping.exact.{name.replace('_', '.')}"]
        found = model.search(
            [("administration_id", "=", wizard.administration_id.id), ("code", "in", list(codes))]
        )
        return {record.code: record.id for record in found}

    def get(self, row):
        """Return what keeps an entry apart: item, VAT code, cost centre and cost unit.

        The item of the rate card goes before that of the project.
        """
        costs = (self._get_cost(name, row) for name in COSTS)
        item_id = row["item_id"] or self.items.get(row["project_id"])
        return (item_id, row["vat_code_id"], *costs)

    def _get_cost(self, name, row):
        codes = (known.get(row[f"{kind}_id"]) for kind, known in self.codes[name].items())
        return next((self.records[name].get(code) for code in codes if code), None)
