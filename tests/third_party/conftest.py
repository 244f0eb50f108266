"""Public clients of Exact Online, as released, against a sandbox that serves https."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from devtools import third_party  # noqa: E402
from exact_sandbox.process import SandboxProcess  # noqa: E402

REDIRECT = "https://third-party.example/callback/"
# Long enough for a busy machine, short enough to notice a client that waits for ever.
SECONDS = 120
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(scope="session", params=["strict", "lenient"])
def profile(request):
    """Each client meets both versions of what the sources leave open."""
    return request.param


class Client:
    """One public client: runs scenarios of its script in the environment that has it.

    :param name: as PyPI calls it
    :param site: the site it has built in, or is set up for
    """

    def __init__(self, name, site, profile):
        self.profile = profile
        self._python = third_party.python(name)
        self._script = Path(__file__).parent / f"script_{name.replace('-', '_')}.py"
        # The limits are not what is tested here: dozens of customers are made and read.
        self.sandbox = SandboxProcess(
            tls=True, site=site, profile=profile, redirect_uri=REDIRECT, minute_limit=10_000
        )

    def run(self, scenario, folder):
        """Run a scenario; return what it saw. The log of calls then holds its calls only."""
        sandbox = self.sandbox
        sandbox.clear_calls()
        names = (
            "url", "port", "control_url", "client_id", "client_secret", "login", "password",
        )  # fmt: skip
        facts = {name: getattr(sandbox, name) for name in names}
        facts["division"] = self.division
        facts["code"] = self.rows("crm/Accounts")[0]["Code"]
        environment = {
            name: value for name, value in os.environ.items() if name.lower() not in _PROXIES
        }
        # How one tells Python's ssl module and requests whom to trust; nothing else is trusted.
        trust = {"SSL_CERT_FILE": sandbox.ca_file, "REQUESTS_CA_BUNDLE": sandbox.ca_file}
        done = subprocess.run(
            [self._python, self._script, scenario],
            input=json.dumps(facts), capture_output=True, text=True, timeout=SECONDS, cwd=folder,
            env={**environment, **trust, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert done.returncode == 0, f"{done.stderr}\n{self.calls()}"
        return json.loads(done.stdout)

    @property
    def division(self):
        """The administration the client works in."""
        return self.sandbox.administrations[0]["code"]

    def calls(self):
        """Return (method, path below /api, status) of the calls, the oldest first."""
        prefix = f"/api/v1/{self.division}/"
        return [
            (
                call["method"],
                call["path"].replace(prefix, "").replace("/api/v1/", "").replace("/api/", ""),
                call["status"],
            )
            for call in self.sandbox.calls()
        ]

    def rows(self, path):
        """Return the rows of an entity as the sandbox holds them."""
        return self.sandbox.rows(self.division, path)


@pytest.fixture(scope="module")
def client(request, profile):
    """The client that the test module is about, with a sandbox of its own."""
    name, site = request.module.CLIENT, request.module.SITE
    client = Client(name, site, profile)
    with client.sandbox:
        yield client
