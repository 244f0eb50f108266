"""What Exact says when it refuses, and what is made of it."""

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
