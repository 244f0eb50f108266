"""What happens when the add-on is installed."""


def follow_hours_in_exact(env):
    """Take hours that Exact bills already out of what orders have delivered."""
    billed = env["keeping.exact.hour"].sudo().search_fetch([("live", "=", True)], ["timesheet_id"])
    lines = billed.timesheet_id.so_line
    env.add_to_compute(lines._fields["qty_delivered"], lines)
