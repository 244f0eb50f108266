"""The demo's apps: on each site one of a partner and one of the customer's own (chapter 1.8)."""

PARTNER = {
    "name": "Keeping Exact Connector",
    "description": "Invoices timesheet hours and reads customers, items and invoices.",
    "kind": "partner",
    "third_parties": "None: your data go to your own Odoo only.",
}
OWN = {
    "name": "Our own Odoo",
    "description": "Registered by Keeping for its own administrations.",
    "kind": "own",
}
REDIRECT_URIS = (
    "http://localhost:8069/keeping_exact/oauth/callback",
    "http://127.0.0.1:8069/keeping_exact/oauth/callback",
)
SCOPES = {
    name: "manage"
    for name in (
        "Organization administration",
        "Organization documents",
        "Sales invoices",
        "Crm accounts",
        "Logistics items",
        "Financial generalledgers",
        "Financial accounting",
        "Financial cashflow",
        "Financial receivables",
        "Financial currencies",
    )
}


def seed_apps(sandbox):
    """Register the apps of sites that this state file has not served before."""
    for site in sandbox.sites:
        kinds = {app.kind for app in sandbox.apps.all(site)}
        for values in (PARTNER, OWN):
            if values["kind"] not in kinds:
                sandbox.apps.register(
                    scopes=SCOPES, redirect_uris=REDIRECT_URIS, site=site,
                    moment=sandbox.clock.timestamp(), **values,
                )  # fmt: skip


def demo_apps(sandbox):
    """Return the demo's apps of the sites that are served: for each site a partner's and an own."""
    return [
        next(app for app in sandbox.apps.all(site) if app.kind == kind)
        for site in sandbox.sites
        for kind in ("partner", "own")
    ]


def demo_app(sandbox):
    """Return the partner app of the main site."""
    return demo_apps(sandbox)[0]
