"""A walk of random steps on both sides, with what must hold checked after each of them.

Started by test_walk.py in Odoo's environment: ``walker.py DATABASE FACTS``, with the facts in
JSON: seed, number of steps, the sandbox's addresses, organisations. Prints as JSON what was done,
or the first thing that was broken with the last steps before it.
"""

import contextlib
import json
import logging
import multiprocessing
import os
import random
import signal
import sys
import time
import traceback
from collections import Counter, deque

import walk_correction_steps
import walk_credit_steps
import walk_dialog_steps
import walk_exact_steps
import walk_invariants
import walk_job_steps
import walk_steps
from killed_senders import Points
from walk_world import AccessError, Nothing, UserError, World

import odoo
from odoo import sql_db
from odoo.modules.registry import Registry

KINDS = (
    walk_steps,
    walk_dialog_steps,
    walk_correction_steps,
    walk_credit_steps,
    walk_job_steps,
    walk_exact_steps,
)
FORK = multiprocessing.get_context("fork")
KILLS = 7
# Points of a step: commits and calls, before and after. A job passes more than a person's click.
POINTS, POINTS_OF_JOBS = 8, 40
JOBS = (walk_job_steps.run_sender, walk_job_steps.read_lists)
LAST_STEPS = 30
NOW_AND_THEN = 20
SETTLE_ROUNDS = 40


class Errors(logging.Handler):
    """Keeps what Odoo logs as an error: an exception that was caught is one all the same."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.found = []

    def emit(self, record):
        # What PostgreSQL refuses by a constraint becomes a sentence for the user.
        if record.name != "odoo.sql_db":
            self.found.append(logging.Formatter().format(record))


class Broken(Exception):
    """Something that must hold does not."""


class Walk:
    """Takes steps, and looks after each."""

    def __init__(self, world, errors):
        self.world = world
        self.errors = errors
        self.counts, self.refused, self.killed = Counter(), Counter(), Counter()
        self.reasons = Counter()
        self.last = deque(maxlen=LAST_STEPS)
        self.steps = [step for kind in KINDS for step in kind.STEPS]
        self.may_die = [(step, often) for step, often, may_die in self.steps if may_die]
        self.spent = Counter()

    def go(self, count):
        for number in range(count):
            self.take(number)

    def take(self, number):
        """Take one step for one organisation; another one when there is nothing to do it with."""
        world = self.world
        while True:
            own = world.chance.choice(world.organisations)
            if world.chance.randrange(100) < KILLS:
                step, told = self._pick(self.may_die), "killed"
            else:
                step, told = self._pick([pair[:2] for pair in self.steps]), ""
            start = time.monotonic()
            try:
                told = self._kill(step, own) if told else step(world, own)
            except Nothing:
                continue
            except AccessError as error:
                self._note(number, own, step, f"AccessError: {error}")
                raise
            except UserError as error:
                told = f"refused: {error}"
                self.refused[step.__name__] += 1
                self.reasons[str(error)[:70]] += 1
            except BaseException:
                self._note(number, own, step, "broke")
                raise
            self.counts[step.__name__] += 1
            self.spent[step.__name__] += time.monotonic() - start
            self._note(number, own, step, told)
            start = time.monotonic()
            self.look(walk_invariants.EACH)
            if number % NOW_AND_THEN == 0:
                self.look(walk_invariants.NOW_AND_THEN)
            self.spent["looking"] += time.monotonic() - start
            return

    def _pick(self, steps):
        return self.world.chance.choices(*zip(*steps, strict=True))[0]

    def _note(self, number, own, step, told):
        self.last.append(f"{number} {own.name} {step.__name__}: {told}")

    def look(self, checks):
        """Check all that must hold.

        :raise Broken: names what does not
        """
        if self.errors.found:
            raise Broken(self.errors.found[0])
        self.world.look_anew()
        for check in checks:
            for own in self.world.organisations:
                if wrong := list(check(self.world, own) or ()):
                    raise Broken(f"{check.__name__} of {own.name}: {wrong[:5]}")

    # ------------------------------------------------------------------ dying

    def _kill(self, step, own):
        """Have a process of its own do it, killed before or after some commit or call."""
        world, told = self.world, FORK.SimpleQueue()
        points = POINTS_OF_JOBS if step in JOBS else POINTS
        seed, point = world.chance.random(), int(points * world.chance.random() ** 2)
        sql_db.close_all()
        process = FORK.Process(target=self._die, args=(step, own, seed, point, told))
        process.start()
        process.join()
        words = [] if told.empty() else told.get()
        if words and words[0] == "nothing":
            raise Nothing
        if words and words[0] == "broken":
            raise Broken(words[1])
        # A dialog that was answered may be gone, or not: it is not answered again.
        own.dialogs = [] if step is walk_dialog_steps.confirm else own.dialogs
        self.killed[step.__name__] += process.exitcode == -signal.SIGKILL
        return f"killed at {words}" if process.exitcode else f"not killed: {words}"

    def _die(self, step, own, seed, point, told):
        self.world.chance.seed(seed)
        self.world.connect()
        sys.setprofile(Points(point, told))
        try:
            words = ("done", step(self.world, own))
        except Nothing:
            words = ("nothing",)
        except UserError as error:
            words = ("refused", str(error))
        except Exception:
            words = ("broken", traceback.format_exc())
        sys.setprofile(None)
        if self.errors.found:
            words = ("broken", self.errors.found[0])
        told.put(words)
        os._exit(0)

    # ------------------------------------------------------------------ the end

    def settle(self):
        """Nothing goes wrong any more, and time passes: all that was begun comes to its end."""
        world = self.world
        world.sandbox.clear_faults()
        for _round in range(SETTLE_ROUNDS):
            if not any(walk_invariants.nothing_is_stuck(world, own) for own in world.organisations):
                break
            world.pass_time(1900)
            for own in world.organisations:
                with contextlib.suppress(Nothing):
                    walk_job_steps.connect_again(world, own)
                walk_job_steps.run_sender(world, own)
            self.look(walk_invariants.EACH)
        for own in world.organisations:
            walk_job_steps.read_lists(world, own)
            world.refresh_all(own)
        self.look((*walk_invariants.EACH, *walk_invariants.AT_THE_END))


def main(database, facts):
    """Load Odoo once, walk, and print."""
    odoo.tools.config.parse_config(["--no-http", "--stop-after-init"])
    errors = Errors()
    logging.getLogger().addHandler(errors)
    chance = random.Random(facts["seed"])
    world = World(Registry(database), chance, facts["control"], facts["password"])
    for values in facts["organisations"]:
        world.settle(**values)
    walk, start, broken = Walk(world, errors), time.monotonic(), None
    try:
        walk.go(facts["steps"])
        seconds = time.monotonic() - start
        walk.settle()
    except BaseException:
        seconds = time.monotonic() - start
        broken = traceback.format_exc()
    print(
        json.dumps(
            {
                "broken": broken,
                "last": [] if broken is None else list(walk.last),
                "seconds": round(seconds, 1),
                "steps": sum(walk.counts.values()),
                "taken": dict(walk.counts.most_common()),
                "refused": dict(walk.refused.most_common()),
                "killed": dict(walk.killed.most_common()),
                "reasons": dict(walk.reasons.most_common(60)),
                "spent": {name: round(spent, 1) for name, spent in walk.spent.most_common(15)},
                "states": dict(
                    world.sql("SELECT state, count(*) FROM keeping_exact_invoice GROUP BY state")
                ),
                "lines": dict(
                    world.sql(
                        "SELECT what || ' ' || state, count(*) FROM keeping_exact_line_change"
                        " GROUP BY 1 ORDER BY 1"
                    )
                ),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
