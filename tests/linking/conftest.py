"""Makes the search for hours importable alone, as it is used without Odoo."""

import sys
from pathlib import Path

folder = str(Path(__file__).resolve().parents[2] / "keeping_exact_connector")
if folder not in sys.path:
    sys.path.insert(0, folder)
