from . import (
    test_access,
    test_access_rpc,
    test_connecting,
    test_guard,
    test_invoice_create,
    test_matching,
    test_oauth_callback,
    test_sending,
    test_sending_customers,
    test_timesheet_state,
    test_tools,
)
