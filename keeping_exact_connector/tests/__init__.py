from . import (
    test_guard,
    test_invoice_create,
    test_matching,
    test_timesheet_state,
    test_tools,
)
