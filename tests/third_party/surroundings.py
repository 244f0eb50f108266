"""What a client's process finds around it: the sandbox, a person with a browser, and the time.

Imported by the scripts first, before the client is: the client finds hosts and the time the way
any program does, and nothing of it is changed. Standard library only.
"""

import json
import socket
import sys
import time
import urllib.request

from exact_sandbox.person import Person

# Any https address: nobody opens it, the client reads the code from it.
REDIRECT = "https://third-party.example/callback/"
# An access token lives 600 seconds; a new one may be asked for after 570 (chapter 1.4).
REFRESH_IS_DUE = 575
TOKEN_IS_DEAD = 610

_real_getaddrinfo = socket.getaddrinfo
_real_time = time.time
_LOOPBACK = ("127.0.0.1", "localhost")


class Surroundings:
    """The sandbox as the test described it on standard input."""

    def __init__(self):
        self._facts = json.load(sys.stdin)
        self._ahead = 0
        self._mapped = ()
        socket.getaddrinfo = self._getaddrinfo
        time.time = lambda: _real_time() + self._ahead

    def __getattr__(self, name):
        try:
            return self._facts[name]
        except KeyError:
            raise AttributeError(name) from None

    def map_hosts(self, *hosts):
        """Let names lead to the sandbox, whatever port is asked for."""
        self._mapped = hosts

    def _getaddrinfo(self, host, port, *rest, **more):
        if host in self._mapped:
            return _real_getaddrinfo("127.0.0.1", self.port, *rest, **more)
        if host not in _LOOPBACK:
            raise socket.gaierror(socket.EAI_FAIL, f"a test does not look for {host}")
        return _real_getaddrinfo(host, port, *rest, **more)

    def pass_time(self, seconds, client_notices=True):
        """Let time pass in the sandbox, and for the client unless its clock is behind."""
        request = urllib.request.Request(
            f"{self.control_url}/clock",
            json.dumps({"advance": seconds}).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=30).close()
        if client_notices:
            self._ahead += seconds

    def consent(self, address):
        """Log in and allow access, as a person does; return the address it leads back to."""
        base = address.partition("/api/")[0]
        return Person(base, self.login, self.password).consent(address)


def run(scenarios):
    """Run the scenario that the command line names and print what it returns."""
    surroundings = Surroundings()
    print(json.dumps(scenarios[sys.argv[1]](surroundings), default=str))
