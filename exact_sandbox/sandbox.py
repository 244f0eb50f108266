"""One sandbox: its state and everything that works on it."""

import uuid

from . import users as people
from .apps import Apps
from .calls import Calls
from .clock import Clock
from .demo import seed
from .entities import make_registry
from .entities.base import Context
from .faults import Faults
from .limits import Limits
from .metadata import Metadata
from .oauth.grants import Grants
from .rows import Rows
from .settings import Settings
from .store import Store

SITES = {
    "nl": "start.exactonline.nl",
    "be": "start.exactonline.be",
    "uk": "start.exactonline.co.uk",
    "us": "start.exactonline.com",
}


class Sandbox:
    """The parts, put together.

    :param path: the state file; seeded with demo data when it is new
    :param site: which country site it stands in for, a key of :data:`SITES`
    :raises StateError: when the file cannot be used
    """

    def __init__(self, path, site="nl"):
        self.site = site
        self.store = Store(path)
        with self.store.transaction():
            if self.store.is_new:
                self.store.create_schema()
            self.metadata = Metadata()
            self.clock = Clock(self.store)
            self.settings = Settings(self.store)
            self.rows = Rows(self.store, self.metadata)
            self.users = people.Users(self.store)
            self.apps = Apps(self.store)
            self.grants = Grants(self.store, self.clock)
            self.limits = Limits(self.store, self.settings, self.clock)
            self.calls = Calls(self.store)
            self.faults = Faults(self.clock)
            self.entities = make_registry(self.metadata)
            if self.store.is_new:
                seed(self)

    def administration(self, code):
        """Return one administration (code, name, currency, defaults), or None."""
        return people.administration(self.store, code)

    def administrations(self):
        """Return all administrations."""
        return people.administrations(self.store)

    def context(self, division, user, granted=frozenset()):
        """Return the context of one piece of work."""
        return Context(self, division, user, granted)

    @staticmethod
    def new_id():
        """Return a new GUID as text."""
        return str(uuid.uuid4())

    def close(self):
        """Stop late work and close the state."""
        self.faults.stop()
        self.store.close()
