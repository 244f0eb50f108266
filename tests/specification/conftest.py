"""Makes the arithmetic importable alone, as it is used without Odoo."""

import sys
from pathlib import Path

from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

ROOT = Path(__file__).resolve().parents[2]
folder = str(ROOT / "keeping_exact_connector")
if folder not in sys.path:
    sys.path.insert(0, folder)

# Everything that tests make is under .dev/.
set_hypothesis_home_dir(ROOT / ".dev" / "cache" / "hypothesis")
# Nothing is remembered between runs, and a busy machine is no failure.
settings.register_profile("specification", database=None, deadline=None)
settings.load_profile("specification")
