{
    "name": "Keeping Exact Connector: Sales Orders",
    "summary": "Bill each hour once: by its sales order in Odoo, or in Exact Online",
    "version": "19.0.1.0.0",
    "category": "Services/Timesheets",
    "author": "Keeping",
    "website": "https://keeping.nl",
    "license": "LGPL-3",
    "depends": ["keeping_exact_connector", "sale_timesheet"],
    "data": [
        "views/res_config_settings_views.xml",
        "views/sale_order_views.xml",
        "wizards/keeping_exact_invoice_create_views.xml",
    ],
    "post_init_hook": "follow_hours_in_exact",
    "auto_install": True,
}
