"""``SysAttachment.aspx``: the bytes of an attachment (chapters 4.16 and 7).

Not a call of the API: neither counted nor logged as one. It takes the token of an app, or the
login of a person.
"""

from urllib.parse import quote

from werkzeug.wrappers import Response

from ..answers import Answers
from ..entities.documents import ATTACHMENTS, content_of
from ..errors import ApiError
from ..oauth.access import authenticate
from .reading import find_row, open_books, read_whole
from .session import PageError, logged_in

_SCOPE, _ADDRESS = "Organization documents", "documents/DocumentAttachments"
_TYPES = {"pdf": "application/pdf", "txt": "text/plain", "png": "image/png", "jpg": "image/jpeg"}


def attachment(pages, request):
    """Return the bytes to whoever may have them."""
    if "Authorization" not in request.headers:
        return _for_person(pages, request)
    try:
        return _for_app(pages, request)
    except ApiError as error:
        return Answers(request.headers.get("Accept", ""), request.args).error(error)


@logged_in
def _for_person(pages, request, session):
    context = open_books(pages, request, session)
    return _answer(context, request)


def _for_app(pages, request):
    division = read_whole(request.args.get("_Division_", "")) or 0
    caller = authenticate(pages.sandbox, request, division, _ADDRESS)
    opened = caller.granted & set(pages.sandbox.users.divisions(caller.user.id))
    if division not in opened or not caller.app.has_scope(_SCOPE, "GET"):
        raise ApiError(403, "Forbidden")
    return _answer(pages.sandbox.context(division, caller.user), request)


def _answer(context, request):
    if not context.may(_ADDRESS):
        raise PageError(403, "You have no right to see documents.")
    row = find_row(context, request, ATTACHMENTS, "ID")
    name = row.data["FileName"]
    content = content_of(context.sandbox.store, row.key)
    kind = _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    # What others uploaded is shown by the browser only where that is harmless.
    shown = kind != "application/octet-stream" and request.args.get("Download") != "1"
    disposition = "inline" if shown else "attachment"
    headers = {
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(name, safe='')}",
    }
    return Response(content, 200, headers, content_type=kind)
