"""Refusals of the API, in Exact's shape (chapter 3.5)."""

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


def syntax_error(message=SYNTAX):
    """A bad query: 400."""
    return ApiError(400, message)


def business_error(*messages):
    """Broken business rules: 500, several texts joined by CRLF (chapters 3.5 and 10)."""
    return ApiError(500, "\r\n".join(messages))


def conversion_error(name, kind):
    """A value of the wrong type: 500 (chapter 3.5)."""
    return ApiError(500, f"Error in converting value for property '{name}' to type '{kind}'")
