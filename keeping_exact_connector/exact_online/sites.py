"""The country sites of Exact Online on which an organisation can have its books."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """One country site.

    An app registered on one site is unknown on every other, so the site must be chosen before
    the consent starts (API reference ch. 1.1).

    :param code: our short name for it: ``nl``, ``be``, ``uk`` or ``us``.
    :param name: its name for a person, in English.
    :param url: its base address, without a slash at the end.
    """

    code: str
    name: str
    url: str


# Hosts: API reference ch. 1.1. The American site is .com: start.exactonline.us stands in one
# list only and is not confirmed.
SITES = {
    site.code: site
    for site in (
        Site("nl", "Netherlands", "https://start.exactonline.nl"),
        Site("be", "Belgium", "https://start.exactonline.be"),
        Site("uk", "United Kingdom", "https://start.exactonline.co.uk"),
        Site("us", "United States", "https://start.exactonline.com"),
    )
}
