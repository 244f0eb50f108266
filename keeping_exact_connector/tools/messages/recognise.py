"""Recognises Exact's texts in the languages it answers in: Dutch, English and French.

Exact sends a text and no code (API reference, chapter 3.5), in the language of the connected
user. Most are a prefix and the label of a field, ``Verplicht: Dagboek`` (chapter 5.4). Dutch and
English are the vendor's; of French the sources only tell that it exists, so every likely wording
is taken. What is not recognised keeps its whole text.
"""

import re
import unicodedata

# Prefix of a text -> what is wrong with the field that it names.
_PREFIXES = {
    "missing": ("verplicht", "mandatory", "required", "obligatoire", "requis"),
    "invalid": ("ongeldig", "invalid", "invalide", "non valide", "incorrect"),
    "reference": (
        "ongeldige referentie",
        "ongeldige ref.",
        "invalid reference",
        "reference invalide",
        "reference non valide",
    ),
    "unknown": ("onbekend", "unknown", "inconnu"),
    "not_allowed": (
        "niet toegestaan",
        "not allowed",
        "non autorise",
        "non permis",
        "pas autorise",
    ),
    "in_use": ("in gebruik", "in use", "utilise", "en cours d'utilisation", "deja utilise"),
    "exists": ("bestaat reeds", "bestaat al", "already exists", "existe deja"),
}
_KINDS = {text: kind for kind, texts in _PREFIXES.items() for text in texts}
_PREFIX = re.compile(
    r"(?<![\w-])(" + "|".join(map(re.escape, sorted(_KINDS, key=len, reverse=True))) + r")\s*:\s*"
)

# Label of a field, or what it begins with -> what it is about; the first that fits counts.
_LABELS = tuple(
    (concept, re.compile(pattern))
    for concept, pattern in (
        ("journal_type", r"(dagboek|journal)s? ?\(type\)"),
        ("journal_blocked", r"(dagboek|journal)s? ?\((geblokkeerd|blocked|bloque)"),
        ("journal", r"dagboek|journals?\b"),
        ("year", r"boekjaar|(financial|fiscal) year|exercice"),
        ("period", r"(boek)?periode|(financial |reporting )?period"),
        (
            "item_group_accounts",
            r"(artikelgroep|item group|groupe d'articles).* - "
            r"(grootboek|g/l|gl account|compte)",
        ),
        ("item_group", r"artikelgroep|item group|groupe d'articles"),
        ("item_sales", r"(artikel|item|article) ?\((verkoop|sales|vente)"),
        ("item_blocked", r"(artikel|item|article) ?\((geblokkeerd|blocked|bloque)"),
        ("item", r"(artikel|item|article)s?\b"),
        (
            "cost_center",
            r"kosten(plaats|drager)|cost (cent(er|re)|unit)|section|"
            r"(lien d\w* ?'?)?(l')?(centre|unite) de (frais|couts?)",
        ),
        ("quantity", r"aantal|quantity|quantite"),
        ("unit", r"eenheid|units?\b|unite"),
        ("customer_type", r"(klant|customer|client|relatie|account) ?\(type\)"),
        (
            "customer_blocked",
            r"(klant|customer|client|relatie|account) ?\((geblokkeerd|blocked|bloque)",
        ),
        (
            "customer",
            r"factuur voor|besteld door|leveren aan|klant|relatie|invoice to|ordered by|"
            r"deliver to|customer|account\b|factur\w+ (pour|a)\b|commande par|livrer a|client",
        ),
        (
            "payment_condition",
            r"betalings(conditie|voorwaarde)|payment (condition|term)|conditions? de paiement",
        ),
        ("vat_percentage", r"btw[- ]?percentage|vat[- ]?percentage|pourcentage (de )?tva"),
        ("vat_code", r"btw[- ]?codes?|vat[- ]?codes?|codes? (de )?tva"),
        ("email", r"e-?mail"),
        ("account_type", r"grootboekrekening ?\(?type|g/?l account ?\(?type|type de compte"),
        ("gl_account", r"grootboek|g/?l account|compte general"),
        (
            "number",
            r"boekstuknummer|factuurnummer|(document|entry|invoice) number|"
            r"numero de (piece|document|facture)",
        ),
        ("invoice_status", r"(factuur|invoice|facture) ?\(stat"),
        ("currency", r"valuta|currency|devise"),
    )
)

# (kind, concept) -> code of refusals.MESSAGES; a concept alone stands for every kind.
_CODES = {
    ("missing", "journal"): "journal_missing",
    "journal": "journal_invalid",
    "journal_type": "journal_type",
    "journal_blocked": "journal_blocked",
    "year": "year_missing",
    "period": "period_closed",
    ("missing", "item_group"): "item_group_missing",
    "item_group_accounts": "item_group_accounts",
    ("missing", "item"): "item_missing",
    "item": "item_invalid",
    "item_sales": "item_not_sold",
    "item_blocked": "item_blocked",
    "quantity": "quantity_invalid",
    ("missing", "unit"): "unit_missing",
    "unit": "unit_invalid",
    "customer_type": "customer_type",
    "customer_blocked": "customer_blocked",
    ("missing", "customer"): "customer_missing",
    "customer": "customer_invalid",
    ("missing", "payment_condition"): "payment_condition_missing",
    "payment_condition": "payment_condition_invalid",
    "vat_percentage": "vat_percentage",
    ("not_allowed", "vat_code"): "vat_code_not_allowed",
    "vat_code": "vat_code_invalid",
    "email": "email_invalid",
    "account_type": "gl_account_type",
    "gl_account": "gl_account_invalid",
    "cost_center": "cost_center",
    ("in_use", "number"): "number_in_use",
    ("exists", "number"): "number_in_use",
    "invoice_status": "invoice_processed",
    "currency": "currency_invalid",
}
_OTHERS = {
    "missing": "value_missing",
    "invalid": "value_invalid",
    "reference": "value_invalid",
    "unknown": "value_invalid",
    "not_allowed": "value_not_allowed",
    "in_use": "exists",
    "exists": "exists",
}

# Texts that are whole sentences -> code.
_SENTENCES = tuple(
    (code, re.compile(pattern))
    for code, pattern in (
        (
            "period_closed",
            r"period\w* (is )?(al )?(afgesloten|gesloten|closed)|"
            r"periode\w* (comptable )?(est )?(close|cloturee|fermee)|closed period|"
            r"(afgesloten|gesloten) periode",
        ),
        ("exists", r"gegeven bestaat reeds|data already exists|donnees? existe(nt)? deja"),
        (
            "delete_in_use",
            r"kan niet (worden )?verwijder\w*|cannot (be )?delete|can't delete|"
            r"suppression impossible|impossible de supprimer",
        ),
        (
            "year_fixed",
            r"financial year cannot be changed|boekjaar kan niet (worden )?gewijzigd|"
            r"exercice ne peut pas etre modifie",
        ),
        (
            "number_in_use",
            r"(boekstuk|factuur)nummer (is )?((al|reeds) )?(in gebruik|gebruikt|bestaat)|"
            r"(document|entry|invoice|booking) number (is )?(already )?(in use|used|exists)|"
            r"numero de (piece|document|facture) (est )?(deja )?(utilise|existe)",
        ),
        (
            "vat_included",
            r"(btw|vat|tva)[- ]?(regel|line|ligne).*(tota\w*)|"
            r"(tota\w*).*(btw|vat|tva)[- ]?(regel|line|ligne)|ligne (de )?tva.*total",
        ),
        ("vat_code_invalid", r"ongeldige ref\w*\.? btw[- ]?code"),
        (
            "account_type",
            r"account type heeft niet genoeg rechten|document type not allowed|"
            r"account type .*(insufficient|not enough|does not have)|"
            r"type de compte .*(droits|insuffisant)|type de document non autorise",
        ),
        ("no_scope", r"application scope violated"),
        ("no_division", r"not within division scope"),
        ("no_division_access", r"wrong ?division|(verkeerde|onjuiste) administratie"),
        ("licence_expired", r"licen[cs]e (has )?expired"),
        (
            "gone",
            r"relation may no longer exist|relatie bestaat (mogelijk )?niet meer|"
            r"relation n'existe (peut-etre )?plus",
        ),
        (
            "not_understood",
            r"error in query syntax|incompatible with operand types|unrecognized 'edm\.|"
            r"error processing request stream|error in converting value|"
            r"please add a \$select|mandatory filtering applied",
        ),
    )
)

# Values of the header of a 403 -> code of rights.MESSAGES (chapter 5.1).
_REASONS = {
    "blockeduser": "user_blocked",
    "inactiveuser": "user_blocked",
    "blockedcustomer": "licence_blocked",
    "licenseexpired": "licence_expired",
    "divisionblocked": "division_blocked",
    "nodivisionaccess": "no_division_access",
    "wrongdivision": "no_division_access",
}
# What the client makes of it, for texts that are not known here.
_CAUSES = {
    "division": "no_division",
    "scope": "no_scope",
    "license": "licence_expired",
    "blocked": "user_blocked",
}
_RIGHTS = {"account_type", "no_scope", "no_division", "no_division_access", "licence_expired"}


def split(text):
    """Return the reasons in an answer, one by one, each in Exact's own words.

    They are lines (chapter 3.5), and now and then stand in one line: ``Required: Article
    Required: Unit`` (chapter 5.4).
    """
    parts = []
    for line in text.splitlines():
        starts = [match.start() for match in _PREFIX.finditer(_plain(line))]
        # What goes before the first prefix belongs to it: "Onderwerp [GLTransactions] …".
        bounds = [0, *starts[1:], len(line)]
        parts += [line[begin:end].strip() for begin, end in zip(bounds, bounds[1:], strict=False)]
    return [part for part in parts if part]


def code_of(part):
    """Return the code of MESSAGES for one text of Exact.

    :param str part: one of those that :func:`split` gave
    """
    text = _plain(part)
    for code, pattern in _SENTENCES:
        if pattern.search(text):
            return code
    found = _PREFIX.search(text)
    if not found:
        return "refused"
    kind, label = _KINDS[found[1]], text[found.end() :]
    concept = next((concept for concept, pattern in _LABELS if pattern.match(label)), None)
    return _CODES.get((kind, concept)) or _CODES.get(concept) or _OTHERS[kind]


def right_code(reason, messages, cause):
    """Return the code of MESSAGES for a 403: by its header, else its text, else its cause.

    :param str reason: value of the header, ``<Code>: <text>``
    :param list messages: Exact's texts
    :param str cause: what :class:`exact_online.NoRight` says
    """
    code = _REASONS.get(re.split(r"[:\s]", _plain(reason).strip(), maxsplit=1)[0])
    if code:
        return code
    codes = [code_of(text) for text in [*messages, reason] if text]
    return next((code for code in codes if code in _RIGHTS), _CAUSES.get(cause, "no_right"))


def _plain(text):
    """Return a text of the same length to compare: small letters, no accents, plain quotes."""
    return "".join(map(_plain_char, text))


def _plain_char(char):
    if char in "\u2019\u2018`\u00b4":
        return "'"
    if char.isspace():
        return " "
    base = unicodedata.normalize("NFKD", char)[0]
    small = base.lower()
    return small if len(small) == 1 else char
