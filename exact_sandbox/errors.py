"""Refusals of the API, in Exact's shape (chapter 3.5)."""

FORBIDDEN = "Forbidden"
SYNTAX = "Bad Request - Error in query syntax."
STREAM = "Error processing request stream. The request should be a valid top-level resource object."
PROBLEM = (
    "A problem has occurred. The cause of this issue will be investigated as soon as possible."
)


class ApiError(Exception):
    """An answer that is a refusal.

    :param status: the HTTP status
    :param message: the text in ``error.message.value``; None gives an empty body
    :param headers: further headers of the answer
    """

    def __init__(self, status, message=None, headers=None):
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})


def not_found(segment):
    """An address or key that does not exist: 404 (chapter 3.5; the text is the service's)."""
    return ApiError(404, f"Resource not found for the segment '{segment}'.")


def wrong_verb(status):
    """A verb that an endpoint does not have (chapter 3.5).

    :param status: the setting ``wrong_verb_status``
    """
    return ApiError(status, FORBIDDEN if status == 403 else "Method Not Allowed")


def syntax_error(message=SYNTAX):
    """A bad query: 400."""
    return ApiError(400, message)


class BusinessError(ApiError):
    """Broken business rules; the status is that of the setting ``refusal_status`` (chapter 10)."""


def business_error(*messages):
    """Broken business rules: several texts joined by CRLF (chapter 3.5)."""
    return BusinessError(500, "\r\n".join(messages))


def conversion_error(name, kind):
    """A value of the wrong type: 500 (chapter 3.5)."""
    return ApiError(500, f"Error in converting value for property '{name}' to type '{kind}'")
