"""The country sites that one sandbox can stand in for (chapter 1.1)."""

SITES = {
    "nl": "start.exactonline.nl",
    "be": "start.exactonline.be",
    "uk": "start.exactonline.co.uk",
    "us": "start.exactonline.com",
}

_KEY = "exact_sandbox.site"


def mark(environ, site):
    """Note in a request's environment on which site it came in."""
    environ[_KEY] = site


def site_of(request):
    """Return the site, a key of :data:`SITES`, whose listener a request came in on."""
    return request.environ[_KEY]
