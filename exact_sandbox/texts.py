"""Texts for business rules in the language of the connected user (chapters 3.5 and 5.4).

Dutch and English are the vendor's where the reference has them. French is only known to exist;
its words here are a plain translation of the same pattern.
"""

LANGUAGES = ("nl", "en", "fr")

_KINDS = {
    "mandatory": ("Verplicht", "Mandatory", "Obligatoire"),
    "invalid": ("Ongeldig", "Invalid", "Invalide"),
    "reference": ("Ongeldige referentie", "Invalid reference", "Référence invalide"),
    "not_allowed": ("Niet toegestaan", "Not allowed", "Non autorisé"),
    "in_use": ("In gebruik", "In use", "Utilisé"),
}

_LABELS = {
    "Code": ("Code", "Code", "Code"),
    "Country": ("Land", "Country", "Pays"),
    "Currency": ("Valuta", "Currency", "Devise"),
    "Customer (Blocked)": ("Klant (Geblokkeerd)", "Customer (Blocked)", "Client (Bloqué)"),
    "Customer (Type)": ("Klant (Type)", "Customer (Type)", "Client (Type)"),
    "DeliverTo": ("Leveren aan", "Deliver to", "Livrer à"),
    "Description": ("Omschrijving", "Description", "Description"),
    "Email": ("Email []", "Email []", "Email []"),
    "ExtraDescription": ("Extra omschrijving", "Extra description", "Description supplémentaire"),
    "Financial year": ("Boekjaar", "Financial year", "Exercice"),
    "GLAccount": ("Grootboekrekening", "G/L Account", "Compte général"),
    "InvoiceID": ("Factuur", "Invoice", "Facture"),
    "InvoiceTo": ("Factuur voor", "Invoice to", "Facture pour"),
    "Invoice (Status)": ("Factuur (Status)", "Invoice (Status)", "Facture (Statut)"),
    "Item": ("Artikel", "Item", "Article"),
    "Item (Sales)": ("Artikel (Verkoop)", "Item (Sales)", "Article (Vente)"),
    "Item group": ("Artikelgroep", "Item group", "Groupe d'articles"),
    "Journal": ("Dagboek", "Journal", "Journal"),
    "Journal (blocked)": ("Dagboek (geblokkeerd)", "Journal (blocked)", "Journal (bloqué)"),
    "Journal (type)": ("Dagboek (type)", "Journal (type)", "Journal (type)"),
    "Journals": ("Journals", "Journals", "Journals"),
    "Lines": ("Factuurregels", "Invoice lines", "Lignes de facture"),
    "Name": ("Naam", "Name", "Nom"),
    "OrderNumber": ("Ordernummer", "Order number", "Numéro de commande"),
    "OrderedBy": ("Besteld door", "Ordered by", "Commandé par"),
    "PaymentCondition": ("Betalingsconditie", "Payment condition", "Condition de paiement"),
    "Quantity": ("Aantal", "Quantity", "Quantité"),
    "Salesperson": ("Verkoper", "Sales person", "Vendeur"),
    "Status": ("Status", "Status", "Statut"),
    "Type": ("Type", "Type", "Type"),
    "Unit": ("Eenheid", "Unit", "Unité"),
    "VAT code": ("Btw-code", "VAT code", "Code TVA"),
    "VAT percentage": ("Btw-percentage []", "VAT percentage []", "Pourcentage TVA []"),
}

_SENTENCES = {
    "exists": ("Gegeven bestaat reeds.", "Data already exists", "Donnée existe déjà."),
    "delete": (
        "Kan niet verwijderen: {what} - Gebruikt in: {where}",
        "Cannot delete: {what} - Used in: {where}",
        "Suppression impossible: {what} - Utilisé dans: {where}",
    ),
    "Account": ("Relatie", "Account", "Relation"),
    "Item": ("Artikel", "Item", "Article"),
    "Sales invoices": ("Verkoopfacturen", "Sales invoices", "Factures de vente"),
    "group accounts": (
        "Verplicht: Artikelgroep ({name}) - Grootboekrekening: {accounts}",
        "Mandatory: Item group ({name}) - G/L Account: {accounts}",
        "Obligatoire: Groupe d'articles ({name}) - Compte général: {accounts}",
    ),
    "Revenue": ("Omzet", "Revenue", "Chiffre d'affaires"),
    "Stock": ("Voorraad", "Stock", "Stock"),
    "Costs": ("Kosten", "Costs", "Coûts"),
    "status 10": ("Concept", "Draft", "Brouillon"),
    "status 20": ("Open", "Open", "Ouvert"),
    "status 50": ("Verwerkt", "Processed", "Traité"),
}


def _pick(texts, language):
    return texts[LANGUAGES.index(language) if language in LANGUAGES else 1]


def refusal(kind, label, language):
    """Return e.g. ``Verplicht: Dagboek``.

    :param kind: mandatory, invalid, reference, not_allowed or in_use
    :param label: the name of the field, a key of the labels above
    """
    return f"{_pick(_KINDS[kind], language)}: {_pick(_LABELS[label], language)}"


def sentence(name, language, **values):
    """Return one of the other texts, filled in."""
    return _pick(_SENTENCES[name], language).format(**values)
