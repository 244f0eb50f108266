"""The choices of how hours become an amount, as the wizard offers and an invoice keeps them."""

RATE_MODES = [
    ("rate_card", "Rate card"),
    ("invoice_rate", "One hourly rate for the invoice"),
    ("line_rate", "An hourly rate for each line"),
    ("line_amount", "An amount for each line"),
    ("invoice_amount", "One amount for the whole invoice"),
]
ROUNDINGS = [
    ("none", "No rounding"),
    ("5", "5 minutes"),
    ("10", "10 minutes"),
    ("15", "A quarter of an hour"),
    ("30", "Half an hour"),
    ("60", "Whole hours"),
]
ROUNDING_METHODS = [("up", "Up"), ("nearest", "To the nearest"), ("down", "Down")]
ROUNDING_LEVELS = [("entry", "Each entry"), ("line", "The sum of a line")]
