"""Faults that tests switch on: which call is struck, and work that is put off."""

import random
import re
import sys
import threading
import traceback
from dataclasses import asdict, dataclass, field

from .fault_kinds import KINDS, READY


@dataclass(eq=False)
class Fault:
    """One fault.

    :param kind: a name in :data:`~exact_sandbox.fault_kinds.KINDS`
    :param method: the verb it is for; empty for all
    :param path: a regular expression searched in the address; empty for all
    :param times: how many calls it strikes; None for no end
    :param skip: how many matching calls it lets pass first
    :param chance: the share of matching calls it strikes, above 0 and up to 1
    :param seed: makes the choice by chance the same in every run with the same calls
    :param seconds: how long to delay, or how much later the work is done
    :param status: the status to answer with (kinds ``status`` and ``after``)
    :param body: the body to answer with
    :param content_type: the type of that body, or of the real one (``wrong_type``)
    :param headers: further headers of that answer
    :param name: what the log calls it; the kind, or the name of a ready-made fault
    """

    kind: str
    method: str = ""
    path: str = ""
    times: int | None = 1
    skip: int = 0
    chance: float = 1.0
    seed: int | None = None
    seconds: float = 0.0
    status: int = 503
    body: str = ""
    content_type: str = "text/html; charset=utf-8"
    headers: dict = field(default_factory=dict)
    name: str = ""

    @classmethod
    def make(cls, values):
        """Return a fault; the kind may be the name of a ready-made one.

        :raises ValueError: with a sentence; TypeError for a value there is no such thing as
        """
        values = dict(values)
        ready = dict(READY.get(str(values.get("kind")), {}))
        if ready:
            del ready["about"]
            values = {**ready, **values, "name": values["kind"], "kind": ready["kind"]}
        return cls(**values)

    def __post_init__(self):
        if self.kind not in KINDS:
            names = ", ".join(sorted({*KINDS, *READY}))
            raise ValueError(f"The kind of a fault is one of {names}.")
        if (self.times or 1) < 1 or self.times == 0 or self.skip < 0 or self.seconds < 0:
            raise ValueError("Counts and seconds of a fault cannot be below 0, times not below 1.")
        if not 0 < self.chance <= 1:
            raise ValueError("The chance of a fault is above 0 and at most 1.")
        if not 100 <= self.status <= 599:
            raise ValueError("The status of a fault is from 100 to 599.")
        try:
            re.compile(self.path)
        except re.error as error:
            raise ValueError(f"The path of a fault is a regular expression: {error}.") from None
        self.method, self.body = str(self.method).upper(), str(self.body)
        self.name = self.name or self.kind
        self._chance = random.Random(self.seed)

    def fits(self, method, path):
        """Whether the fault is for this call."""
        return self.method in ("", method) and re.search(self.path, path) is not None

    def strikes(self):
        """Whether it is this call's turn; counts down. To be asked once for a call that fits."""
        if self.skip:
            self.skip -= 1
            return False
        if self._chance.random() >= self.chance:
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Faults:
    """The faults that are switched on, and work that is put off."""

    def __init__(self, clock):
        self._clock = clock
        self._lock = threading.Lock()
        self._faults = []
        self._late = []
        self._stopped = threading.Event()

    def add(self, values):
        """Switch a fault on; ValueError or TypeError when it cannot be."""
        fault = Fault.make(values)
        with self._lock:
            self._faults.append(fault)
        return asdict(fault)

    def all(self):
        """Return the faults that still wait for calls."""
        with self._lock:
            return [asdict(item) for item in self._faults]

    def clear(self):
        """Switch all faults off; work that is already put off is still done."""
        with self._lock:
            self._faults.clear()

    def forget(self):
        """Switch all faults off, and never do what is put off."""
        with self._lock:
            self._faults.clear()
            self._late.clear()

    def take(self, method, path):
        """Return the fault that strikes this call, counted down, or None."""
        with self._lock:
            for fault in self._faults:
                if fault.fits(method, path) and fault.strikes():
                    if fault.times == 0:
                        self._faults.remove(fault)
                    return fault
        return None

    # Late work

    def put_off(self, work, seconds):
        """Do some work when the sandbox's clock is so many seconds further.

        It is kept in memory: a sandbox that is killed meanwhile never does it, as an application
        server that dies with its request.
        """
        with self._lock:
            self._late.append((self._clock.timestamp() + seconds, work))

    def run_due(self):
        """Do the late work whose time has come."""
        now = self._clock.timestamp()
        with self._lock:
            due = [work for moment, work in self._late if moment <= now]
            self._late = [item for item in self._late if item[0] > now]
        for work in due:
            try:
                work()
            except Exception:
                traceback.print_exc(file=sys.stderr)

    def watch(self):
        """Do late work when it is due, until stopped."""
        while not self._stopped.wait(0.05):
            self.run_due()

    def stop(self):
        """End :meth:`watch`."""
        self._stopped.set()
