from odoo.tests import TransactionCase, tagged

from .. import exact_online
from ..tools import messages
from ..tools.token_refusals import health_code_of

# A row for each of the API reference, chapters 1.5 and 1.6, and of the product facts, d.7: health,
# status, description, header. The live sources are at odds about 400 and 401.
ROWS = [
    ("used_elsewhere", 401, "Old refresh token used.", ""),
    ("used_elsewhere", 400, "Old refresh token used.", ""),
    (
        "expired",
        400,
        "The refresh token expired at 10/11/2022 9:18:20 PM and it is now 10/28/2022 4:15:50 PM.",
        "",
    ),
    ("replaced", 400, "Token is not allowed, because of invalid or empty chainId", ""),
    ("replaced", 400, "", "Unknown: Token is not allowed, because of invalid or empty chainId"),
    ("revoked", 403, "Forbidden", ""),
    ("reconnect", 400, "AuthorizationRequired", ""),
    ("reconnect", 400, "Signed data extraction has failed", ""),
]


@tagged("post_install", "-at_install")
class TestTokenRefusals(TransactionCase):
    def test_each_refusal_of_a_token_says_what_happened(self):
        for code, status, text, reason in ROWS:
            with self.subTest(status=status, text=text, reason=reason):
                given = [text] if text else []
                error = exact_online.NotConnected(status=status, messages=given, reason=reason)
                self.assertEqual(health_code_of(error, unanswered=False), code)
                self.assertIn("onnect again", messages.explain_health(self.env, code, text))

    def test_a_used_token_after_a_lost_answer_was_used_by_us(self):
        error = exact_online.NotConnected(status=401, messages=["Old refresh token used."])
        self.assertEqual(health_code_of(error, unanswered=True), "answer_lost")

    def test_an_app_that_is_refused_shows_the_words_of_exact(self):
        text = "Client with identifier 'x' not found."
        code = health_code_of(exact_online.Refused(status=400, messages=[text]), unanswered=False)
        self.assertEqual(code, "app_refused")
        self.assertIn(text, messages.explain_health(self.env, code, text))
