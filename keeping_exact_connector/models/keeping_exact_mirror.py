from odoo import api, fields, models


class KeepingExactMirror(models.AbstractModel):
    """A record of an administration in Exact, as last read: Exact's is the original.

    One row per administration and GUID. Rows that Exact no longer lists are archived, never
    deleted: invoices refer to them.
    """

    _name = "keeping.exact.mirror"
    _description = "Copy of a Record in Exact Online"
    _order = "code, name"
    _rec_names_search = ["code", "name"]
    _check_company_auto = True

    # What to read, by the name Exact gives it: Exact's field -> our field.
    _exact_endpoint = None
    _exact_fields = {}
    # The property that tells whether it is in use; most lists of Exact have none.
    _exact_in_use = None

    administration_id = fields.Many2one(
        "keeping.exact.administration",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="administration_id.company_id", store=True, index=True, string="Organisation"
    )
    guid = fields.Char(string="Exact ID", readonly=True, copy=False)
    code = fields.Char(readonly=True)
    name = fields.Char(readonly=True, required=True)
    active = fields.Boolean(default=True)

    @api.depends("code", "name")
    def _compute_display_name(self):
        for record in self:
            record.display_name = " · ".join(filter(None, (record.code, record.name)))

    @api.model
    def _get_select(self):
        """Return the properties to ask Exact for, the key first."""
        names = ["ID", *self._exact_fields]
        return [*names, self._exact_in_use] if self._exact_in_use else names

    @api.model
    def _prepare_vals_from_exact(self, row):
        """Turn one row of Exact into values of ours.

        :param dict row: properties by Exact's name, values already typed and trimmed
        :return: values for create or write
        """
        vals = {field: row.get(name) for name, field in self._exact_fields.items()}
        in_use = not self._exact_in_use or row.get(self._exact_in_use) is not False
        return {"guid": row["ID"], "active": in_use, **vals}

    @api.model
    def _upsert(self, administration, rows):
        """Store rows of Exact, in as few statements as the rows differ.

        :param administration: one keeping.exact.administration
        :param list rows: dicts by Exact's property names
        :return: the records, in no particular order
        """
        domain = [
            ("administration_id", "=", administration.id),
            ("guid", "in", [row["ID"] for row in rows]),
        ]
        known = self.with_context(active_test=False).search(domain)
        by_guid = {record.guid: record for record in known}
        new = []
        for row in rows:
            vals = self._prepare_vals_from_exact(row)
            record = by_guid.get(row["ID"])
            if record is None:
                new.append({"administration_id": administration.id, **vals})
            elif changed := record._get_changed(vals):
                record.write(changed)
        return known | self.create(new)

    def _get_changed(self, vals):
        changed = {}
        for name, value in vals.items():
            present = self[name]
            if isinstance(present, models.BaseModel):
                present = present.id
            if (value or False) != (present or False):
                changed[name] = value
        return changed

    @api.model
    def _keep_list(self, administration, rows):
        """Store a whole list; archive what is no longer in it.

        An empty list proves nothing: a user without the right gets one too (API reference,
        chapter 5.2). Then nothing is archived.

        :param list rows: all rows of Exact, dicts by its property names
        """
        if not rows:
            return
        self._archive_except(administration, self._upsert(administration, rows))

    @api.model
    def _archive_except(self, administration, seen):
        gone = self.search(
            [("administration_id", "=", administration.id), ("id", "not in", seen.ids)]
        )
        gone.active = False
