"""How time is taken inside Odoo, so that two sides are measured fairly."""

import os
import time
from pathlib import Path

# Seconds to wait for the other side of a comparison, which may be making its data.
PATIENCE = 900


class Stopwatch:
    """Seconds and SQL queries of a block, its commit included."""

    def __init__(self, env):
        self.env = env

    def __enter__(self):
        self.env.flush_all()
        self.env.cr.commit()
        self.env.invalidate_all()
        self.queries = -self.env.cr.sql_log_count
        self.seconds = -time.perf_counter()
        return self

    def __exit__(self, *_error):
        self.env.flush_all()
        self.env.cr.commit()
        self.seconds += time.perf_counter()
        self.queries += self.env.cr.sql_log_count


class Turns:
    """Has two processes measure by turns, block by block.

    The speed of a machine with neighbours changes by a third within a minute. What is compared
    block by block was measured at the same speed.

    :param int side: 0 or 1, who begins and who follows
    """

    def __init__(self, side):
        # As many bytes as turns were taken. Whoever is alone has none, and does not wait.
        name = os.environ.get("BENCH_TURNS")
        self.file = name and Path(name)
        self.side = side

    def meet(self):
        """Wait until the other side is ready too: making data would disturb what is measured."""
        with self:
            pass

    def __enter__(self):
        until = time.monotonic() + PATIENCE
        while self.file and self.file.stat().st_size % 2 != self.side:
            assert time.monotonic() < until, "the other side is gone"
            time.sleep(0.002)

    def __exit__(self, *_error):
        if self.file:
            with self.file.open("ab") as file:
                file.write(b".")


def settle(env):
    """Have PostgreSQL know what was just made, as it does of hours that are a minute old."""
    env.flush_all()
    env.cr.execute("ANALYZE")
    env.cr.commit()
