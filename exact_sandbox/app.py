"""The listener for apps and people: API, token endpoint and pages, with faults and the log."""

import time

from werkzeug.wrappers import Request, Response

from .api import Api
from .fault_kinds import Dropped, strike
from .oauth.access import KEY
from .oauth.tokens import TokenEndpoint
from .pages import Pages
from .sites import mark

_TOKEN = "/api/oauth2/token"
# Characters of an address (chapter 1.2).
_LONGEST = 6000


class SandboxApp:
    """WSGI application of the public listener of one site."""

    def __init__(self, sandbox, site):
        self._sandbox = sandbox
        self._site = site
        self._api = Api(sandbox)
        self._tokens = TokenEndpoint(sandbox)
        self._pages = Pages(sandbox)

    def __call__(self, environ, start_response):
        mark(environ, self._site)
        request = Request(environ)
        length = len(request.host_url) - 1 + len(environ.get("REQUEST_URI", ""))
        try:
            if length > _LONGEST and request.path.startswith("/api/"):
                # What Exact answers is not known (chapter 1.2 has the limit only); ours.
                response = Response("The address is too long.", 414, content_type="text/plain")
            elif request.path == _TOKEN:
                response = self._call(request, self._tokens)
            elif request.path.startswith("/api/v1/"):
                response = self._call(request, self._api)
            else:
                response = self._pages.answer(request)
        except Dropped as drop:
            # Only now, with the call in the log: who sees the end of it can read the log.
            drop.carry_out(environ["werkzeug.socket"])
            raise
        return response(environ, start_response)

    def _call(self, request, endpoint):
        """Answer one logged call, through a fault when one strikes."""
        started = time.monotonic()
        moment = self._sandbox.clock.now()
        fault = self._sandbox.faults.take(request.method, request.path)
        response, seen = None, {}

        def prepare():
            work = endpoint.prepare(request)

            def run():
                answer = work()
                seen["status"] = answer.status_code
                key = request.environ.get(KEY)
                if key:
                    self._sandbox.velocity.note(key, answer.status_code)
                return answer

            return run

        try:
            if fault is None:
                response = prepare()()
            else:
                response = strike(self._sandbox.faults, fault, request, prepare)
            return response
        finally:
            self._sandbox.calls.add(
                {
                    "time": moment.isoformat(),
                    "method": request.method,
                    "path": request.path,
                    "query": ""
                    if request.path == _TOKEN
                    else request.query_string.decode("utf-8", "replace"),
                    "status": response.status_code if response else seen.get("status"),
                    "division": request.environ.get("exact_sandbox.division"),
                    "user": request.environ.get("exact_sandbox.user"),
                    "duration": round(time.monotonic() - started, 6),
                    "request_bytes": request.content_length or 0,
                    "fault": fault.name if fault else None,
                }
            )
