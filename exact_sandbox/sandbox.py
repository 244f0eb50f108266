"""One sandbox: its state and everything that works on it."""

import time
import uuid

from . import users as people
from .apps import Apps
from .calls import Calls
from .clock import Clock
from .demo import seed, seed_apps
from .entities import make_registry
from .entities.base import Context
from .faults import Faults
from .limits import Limits
from .mails import Mails
from .metadata import Metadata
from .oauth.grants import Grants
from .rows import Rows
from .settings import Settings
from .sites import SITES
from .store import Store
from .velocity import ErrorVelocity
from .webhooks import Webhooks

_BUSY_SECONDS = 0.01


class Sandbox:
    """The parts, put together.

    :param path: the state file; seeded with demo data when it is new
    A site has apps, tokens and logins of its own. Users and administrations are the same on each:
    what Exact does about those is not known (chapter 1.1).

    :param sites: which country sites it stands in for, keys of :data:`SITES`; the main one first
    :raises StateError: when the file cannot be used
    """

    def __init__(self, path, sites=("nl",)):
        if not sites or set(sites) - set(SITES):
            raise ValueError(f"Sites are {', '.join(SITES)}.")
        self.sites = tuple(sites)
        self.site = self.sites[0]
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
            self.grants = Grants(self.store, self.settings, self.clock)
            self.limits = Limits(self.store, self.settings, self.clock)
            self.velocity = ErrorVelocity(self.store, self.settings, self.clock)
            self.calls = Calls(self.store)
            self.mails = Mails(self.store, self.clock)
            self.faults = Faults(self.clock)
            self.entities = make_registry(self.metadata)
            if self.store.is_new:
                seed(self)
            seed_apps(self)
            self.webhooks = Webhooks(self)

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

    def keep(self):
        """Remember the state as it is, for :meth:`go_back`."""
        self.store.keep()

    def go_back(self):
        """Be as at the last :meth:`keep`: state, settings and clock; no faults, no late work.

        Waits for notifications that are on their way. Calls that are should have ended.

        :raises ValueError: when nothing was kept
        """
        self.faults.forget()
        while not self._went_back():
            time.sleep(_BUSY_SECONDS)

    def _went_back(self):
        with self.store.transaction():
            if not self.webhooks.is_idle():
                return False
            self.store.go_back()
            for part in (self.clock, self.settings, self.webhooks):
                part.reload()
        return True

    def close(self):
        """Stop late work and close the state."""
        self.faults.stop()
        self.webhooks.stop()
        self.store.close()
