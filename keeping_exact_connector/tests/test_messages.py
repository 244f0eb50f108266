import itertools

from odoo.tests import TransactionCase, tagged

from .. import exact_online
from ..tools import messages
from ..tools.messages import recognise
from .refusals_of_exact import REFUSALS, RIGHTS


def refused(*texts):
    return exact_online.Refused(status=500, messages=texts)


@tagged("post_install", "-at_install")
class TestMessages(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        languages = ["nl_NL", "fr_BE"]
        for code in languages:
            cls.env["res.lang"]._activate_lang(code)
        cls.env["ir.module.module"]._load_module_terms(["keeping_exact_connector"], languages)
        cls.dutch, cls.french = (cls.env(context={"lang": code}) for code in languages)
        cls.english = cls.env(context={"lang": "en_US"})

    def test_every_row_in_every_language_has_a_reason_and_a_remedy(self):
        for code, *texts in REFUSALS:
            for language, text in zip(("nl", "en", "fr"), texts, strict=True):
                with self.subTest(code=code, language=language):
                    self.assertEqual(messages.code_of(refused(text)), code)
                    message = messages.explain(self.english, code, text)
                    self.assertIn(text, message.text, "Exact's own words are shown")
                    self.assertTrue(message.remedy)

    def test_every_403_has_its_cause(self):
        for code, reason, text, cause in RIGHTS:
            with self.subTest(reason=reason, text=text):
                error = exact_online.NoRight(
                    status=403, messages=[text], reason=reason, cause=cause
                )
                self.assertEqual(messages.code_of(error), code)
                self.assertTrue(messages.explain(self.english, code, text).remedy)

    def test_case_accents_and_padding_do_not_matter(self):
        for text in ("VERPLICHT:dagboek", " Verplicht :  Dagboek ", "verplicht: Dagboek."):
            self.assertEqual(messages.code_of(refused(text)), "journal_missing", text)

    def test_several_reasons_in_one_answer_are_each_explained(self):
        error = refused("Verplicht: Factuur voor", "Verplicht: Dagboek", "Wat nieuws")
        code, text = messages.code_of(error), messages.text_of(error)
        self.assertEqual(code, "customer_missing,journal_missing,refused")
        message = messages.explain(self.english, code, text)
        self.assertEqual(len(message.text.splitlines()), 3)
        self.assertIn("no customer", message.text)
        self.assertIn("No sales journal", message.text)
        self.assertIn("refused this: Wat nieuws", message.text)
        self.assertIn("Choose a sales journal", message.remedy)
        self.assertEqual(message.step, "administration")

    def test_the_same_reason_twice_is_told_once(self):
        error = refused("Verplicht: Factuur voor", "Verplicht: Besteld door")
        message = messages.explain(self.english, messages.code_of(error), messages.text_of(error))
        self.assertEqual(len(message.remedy.splitlines()), 1)

    def test_reasons_without_a_line_break_are_told_apart(self):
        text = "Required: Article Required: Unit"
        self.assertEqual(recognise.split(text), ["Required: Article", "Required: Unit"])
        self.assertEqual(messages.code_of(refused(text)), "item_missing,unit_missing")

    def test_an_unknown_text_is_shown_whole(self):
        for text in ("Er is iets.\nEn nog iets: veel.", "x" * 3000, "100% %s %(text)s {}"):
            error = refused(*text.splitlines())
            message = messages.explain(
                self.english, messages.code_of(error), messages.text_of(error)
            )
            for line in text.splitlines():
                self.assertIn(line, message.text)
            self.assertTrue(message.remedy)

    def test_a_code_of_another_version_shows_the_text_whole(self):
        for code in ("of_tomorrow", "of_tomorrow,refused", "customer,of_tomorrow"):
            message = messages.explain(self.english, code, "Iets nieuws")
            self.assertIn("Iets nieuws", message.text)

    def test_what_a_customer_lacks_is_what_its_invoice_says(self):
        message = messages.explain(
            self.english, messages.within("customer", "email_invalid"), "Ongeldig: Email []"
        )
        self.assertIn("customer could not be made", message.text)
        self.assertIn("e-mail address: Ongeldig: Email []", message.text)
        self.assertIn("Correct the e-mail address", message.remedy)
        self.assertEqual(message.step, "partner")
        bare = messages.explain(self.english, messages.within("item", False), "UREN")
        self.assertIn("UREN", bare.text)

    def test_nothing_stored_says_nothing(self):
        self.assertEqual(tuple(messages.explain(self.env, False, False)), ("", "", ""))

    def test_a_limit_says_which_one_and_is_not_hurried(self):
        moment = exact_online.ledger.moment(0)
        for cause in ("minute", "day", "errors"):
            code = messages.code_of(exact_online.LimitReached(moment, cause=cause))
            self.assertEqual(code, f"limit_{cause}")
            self.assertTrue(messages.is_limit(code))
        code = messages.code_of(exact_online.LimitReached(moment, cause="tokens"))
        self.assertTrue(messages.is_limit(code))
        self.assertIn("block this app", messages.explain(self.english, "limit_errors", "").text)

    def test_a_record_that_is_gone_is_told_as_such(self):
        self.assertEqual(messages.code_of(exact_online.Refused(status=404)), "gone")

    def test_every_message_is_translated_whole(self):
        for code, other in itertools.product(messages.MESSAGES, (self.dutch, self.french)):
            with self.subTest(code=code, language=other.lang):
                english = messages.explain(self.english, code, "TEXT")
                translated = messages.explain(other, code, "TEXT")
                self.assertNotEqual(english.text, translated.text)
                self.assertNotEqual(english.remedy, translated.remedy)
                self.assertEqual("TEXT" in english.text, "TEXT" in translated.text)
        for code, other in itertools.product(messages.HEALTH, (self.dutch, self.french)):
            with self.subTest(health=code, language=other.lang):
                english = messages.explain_health(self.english, code, "TEXT")
                translated = messages.explain_health(other, code, "TEXT")
                self.assertNotEqual(english, translated)
                self.assertEqual("TEXT" in english, "TEXT" in translated)

    def test_a_refusal_in_french_is_explained_in_french(self):
        """Of the whole add-on only these sentences are: what Exact says is French there too."""
        error = refused("Obligatoire: Journal", "La période est clôturée: 2026 - 9")
        message = messages.explain(self.french, messages.code_of(error), messages.text_of(error))
        self.assertEqual(
            message.text,
            "Aucun journal de ventes n'est choisi, et Exact Online n'en a pas par défaut\N{NBSP}: "
            "Obligatoire: Journal\n"
            "La période de la date de facture est clôturée dans Exact Online\N{NBSP}: "
            "La période est clôturée: 2026 - 9",
        )
        self.assertIn("le nom de l'administration > Paramètres", message.remedy)
        self.assertIn("Demandez au comptable d'ouvrir la période", message.remedy)

    def test_every_code_that_is_recognised_has_a_message(self):
        codes = {*recognise._CODES.values(), *recognise._OTHERS.values()}
        codes |= {code for code, _pattern in recognise._SENTENCES}
        codes |= {*recognise._REASONS.values(), *recognise._CAUSES.values()}
        self.assertLessEqual(codes, set(messages.MESSAGES))
