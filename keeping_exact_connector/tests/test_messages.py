import itertools

from odoo.tests import TransactionCase, tagged

from .. import exact_online
from ..tools import messages
from ..tools.messages import recognise

# A row for each of the API reference, chapter 5.4, and the product facts, d.7: code, and Exact's
# words in Dutch, English and French. Where a language has none that is known, its pattern.
REFUSALS = [
    ("journal_missing", "Verplicht: Dagboek", "Required: Journal", "Obligatoire: Journal"),
    ("journal_missing", "Verplicht: Dagboek", "Mandatory: journal", "Obligatoire : journal"),
    (
        "journal_invalid",
        "Ongeldige referentie: Journals",
        "Invalid reference: Journals",
        "Référence invalide: Journals",
    ),
    ("journal_invalid", "Ongeldig: Dagboek", "Invalid: Journal", "Invalide: Journal"),
    (
        "journal_type",
        "Ongeldig: Dagboek (type)",
        "Invalid: Journal (type)",
        "Invalide: Journal (type)",
    ),
    (
        "journal_blocked",
        "Ongeldig: Dagboek (geblokkeerd)",
        "Invalid: Journal (blocked)",
        "Invalide: Journal (bloqué)",
    ),
    (
        "year_missing",
        "Verplicht: Boekjaar",
        "Mandatory: Financial year",
        "Obligatoire: Exercice comptable",
    ),
    (
        "year_missing",
        "Onderwerp [GLTransactions] Onbekend: Boekjaar (Periode-datumtabel)",
        "Unknown: Fiscal year (Period - date table)",
        "Inconnu: Exercice (Tableau période-date)",
    ),
    (
        "year_missing",
        "Onbekend: Boekjaar (Periode-datumtabel)",
        "Unknown: Financial year (Period-date table)",
        "Inconnu: Exercice (Tableau période-date)",
    ),
    (
        "period_closed",
        "Periode is afgesloten: 2026 - 9",
        "Period is closed: 2026 - 9",
        "La période est clôturée: 2026 - 9",
    ),
    (
        "item_group_missing",
        "Verplicht: Artikelgroep",
        "Error 500: Mandatory: Item group",
        "Obligatoire: Groupe d'articles",
    ),
    (
        "item_group_accounts",
        "Verplicht: Artikelgroep (Uren) - Grootboekrekening: Voorraad / Kosten",
        "Mandatory: Item group (Hours) - G/L Account: Stock / Costs",
        "Obligatoire: Groupe d’articles (Heures) - Compte général: Stock / Coûts",
    ),
    ("item_missing", "Verplicht: Artikel", "Required: Article", "Obligatoire: Article"),
    (
        "item_invalid",
        "Ongeldige referentie: Artikel",
        "Invalid reference: Item",
        "Référence invalide: Article",
    ),
    (
        "item_not_sold",
        "Ongeldig: Artikel (Verkoop)",
        "Invalid: Item (Sales)",
        "Invalide: Article (Vente)",
    ),
    ("quantity_invalid", "Ongeldig: Aantal", "Invalid: Quantity", "Invalide: Quantité"),
    ("unit_missing", "Verplicht: Eenheid", "Mandatory: Unit", "Obligatoire: Unité"),
    (
        "unit_invalid",
        "Ongeldige referentie: Eenheid",
        "Invalid reference: Unit",
        "Référence non valide: Unité",
    ),
    (
        "customer_missing",
        "Verplicht: Factuur voor",
        "Mandatory: Invoice to",
        "Obligatoire: Facture pour",
    ),
    (
        "customer_missing",
        "Verplicht: Besteld door",
        "Mandatory: Ordered by",
        "Obligatoire: Commandé par",
    ),
    (
        "customer_invalid",
        "Ongeldige referentie: Besteld door",
        "Invalid reference: Ordered by",
        "Référence invalide: Commandé par",
    ),
    (
        "customer_invalid",
        "Ongeldige referentie: Leveren aan",
        "Invalid reference: Deliver to",
        "Référence invalide: Livrer à",
    ),
    (
        "customer_type",
        "Ongeldig: Klant (Type)",
        "Invalid: Customer (Type)",
        "Invalide: Client (Type)",
    ),
    (
        "customer_blocked",
        "Ongeldig: Klant (Geblokkeerd)",
        "Invalid: Customer (Blocked)",
        "Invalide: Client (Bloqué)",
    ),
    (
        "payment_condition_missing",
        "Verplicht: Betalingsconditie",
        "Mandatory: Payment condition",
        "Obligatoire: Condition de paiement",
    ),
    (
        "payment_condition_invalid",
        "Ongeldige referentie: Betalingsconditie",
        "Invalid reference: Payment condition",
        "Référence invalide: Condition de paiement",
    ),
    (
        "vat_code_invalid",
        "Ongeldige referentie: Btw-code",
        "Invalid reference: VAT code",
        "Référence invalide: Code TVA",
    ),
    (
        "vat_code_invalid",
        "Ongeldige ref. btw code",
        "Invalid: VAT code",
        "Non valide: Code TVA",
    ),
    (
        "vat_code_not_allowed",
        "Niet toegestaan: Btw-code",
        "Not allowed: VAT code",
        "Non autorisé: Code TVA",
    ),
    (
        "vat_percentage",
        "Ongeldig: Btw-percentage []",
        "Invalid: VAT percentage []",
        "Invalide: Pourcentage TVA []",
    ),
    (
        "vat_included",
        "De btw-regel komt niet overeen met het totaal",
        "VAT line does not agree with the total",
        "La ligne de TVA ne correspond pas au total",
    ),
    ("email_invalid", "Ongeldig: Email []", "Invalid: Email []", "Invalide: E-mail []"),
    (
        "gl_account_type",
        "Ongeldig: Grootboekrekeningtype",
        "Invalid: G/L account type",
        "Invalide: Type de compte général",
    ),
    (
        "cost_center",
        "Ongeldig: Kostenplaatskoppeling",
        "Invalid: Cost center link",
        "Invalide: Lien du centre de frais",
    ),
    (
        "number_in_use",
        "In gebruik: Boekstuknummer",
        "In use: Document number",
        "Utilisé: Numéro de document",
    ),
    (
        "number_in_use",
        "Boekstuknummer in gebruik",
        "Already exists: Entry number",
        "Existe déjà: Numéro de pièce",
    ),
    (
        "number_in_use",
        "Factuurnummer is al gebruikt als boekstuknummer",
        "Invoice number already used as document number",
        "Numéro de facture déjà utilisé",
    ),
    (
        "number_in_use",
        "Boekstuknummer bestaat reeds",
        "Booking number already exists",
        "Le numéro de pièce existe déjà",
    ),
    ("exists", "Gegeven bestaat reeds.", "Data already exists", "Donnée existe déjà."),
    ("exists", "Bestaat reeds: Code", "Already exists: Code", "Existe déjà: Code"),
    (
        "delete_in_use",
        "Kan niet verwijderen: Relatie - Gebruikt in: Documenten",
        "Cannot delete: Account - Used in: Documents",
        "Suppression impossible: Relation - Utilisé dans: Documents",
    ),
    (
        "year_fixed",
        "Het boekjaar kan niet worden gewijzigd.",
        "The financial year cannot be changed.",
        "L'exercice ne peut pas être modifié.",
    ),
    (
        "account_type",
        "Dit account type heeft niet genoeg rechten om dit te doen",
        "Document Type not allowed",
        "Type de document non autorisé",
    ),
    ("no_division_access", "Verkeerde administratie", "Wrong Division", "Wrong Division"),
    (
        "gone",
        "De relatie bestaat mogelijk niet meer",
        "The relation may no longer exist",
        "La relation n'existe peut-être plus",
    ),
    ("value_missing", "Verplicht: Naam", "Mandatory: Name", "Obligatoire: Nom"),
    ("value_invalid", "Onbekend: Land", "Unknown: Country", "Inconnu: Pays"),
    ("value_not_allowed", "Niet toegestaan: Status", "Not allowed: Status", "Non permis: Statut"),
    # Exact's technical texts are English in every language (chapter 3.5).
    *(
        ("not_understood", text, text, text)
        for text in (
            "Bad Request - Error in query syntax.",
            "Operator 'eq' incompatible with operand types 'System.String' and 'System.Int32' at "
            "position 5.",
            "Unrecognized 'Edm.Guid' literal 'guid'dsadsds'' in '6'.",
            "Error processing request stream. The request should be a valid top-level resource "
            "object.",
            "Error in converting value for property 'InvoiceTo' to type 'Guid'",
            "Please add a $select or a $top=1 statement to the query string.",
            "This endpoint has mandatory filtering applied. A GET request for this endpoint must "
            "have a $filter parameter with one of the following fields",
        )
    ),
]
FORBIDDEN = "Forbidden"
# Chapter 5.1: code, value of the header, text, and what the client makes of it.
RIGHTS = [
    ("no_right", "", FORBIDDEN, "unknown"),
    ("user_blocked", "BlockedUser", FORBIDDEN, "blocked"),
    ("user_blocked", "InactiveUser: not active", FORBIDDEN, "blocked"),
    ("licence_blocked", "BlockedCustomer", FORBIDDEN, "blocked"),
    ("licence_expired", "LicenseExpired", FORBIDDEN, "license"),
    ("division_blocked", "DivisionBlocked", FORBIDDEN, "blocked"),
    ("no_division_access", "NoDivisionAccess", FORBIDDEN, "division"),
    ("no_division", "", "Forbidden - User division is not within division scope.", "division"),
    ("no_division_access", "", "Wrong Division", "division"),
    ("no_division_access", "WrongDivision", FORBIDDEN, "division"),
    (
        "no_scope",
        "",
        "Forbidden - Application Scope Violated. Cannot read 'organization.administration' scope.",
        "scope",
    ),
    ("licence_expired", "", "Forbidden - Customer's license expired.", "license"),
    ("account_type", "", "Dit account type heeft niet genoeg rechten...", "unknown"),
    ("account_type", "", "Document Type not allowed", "unknown"),
    # A text of tomorrow: what the client makes of it counts.
    ("no_scope", "", "Something else", "scope"),
]


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
