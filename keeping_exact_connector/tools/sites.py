"""The Exact Online sites that are supported, as a selection for fields."""

SITE_SELECTION = [
    ("nl", "Netherlands (start.exactonline.nl)"),
    ("be", "Belgium (start.exactonline.be)"),
    ("uk", "United Kingdom (start.exactonline.co.uk)"),
    ("us", "United States (start.exactonline.com)"),
]
