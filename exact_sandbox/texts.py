"""Texts for business rules in the language of the connected user (chapters 3.5 and 5.4).

Dutch and English are the vendor's where the reference has them. French is only known to exist;
its words here are a plain translation of the same pattern.
"""

LANGUAGES = ("nl", "en", "fr")

_KINDS = {
    "mandatory": ("Verplicht", "Mandatory", "Obligatoire"),
    # English has both, and no source says when (chapter 5.4): the setting ``mandatory_text``.
    "required": ("Verplicht", "Required", "Obligatoire"),
    "invalid": ("Ongeldig", "Invalid", "Invalide"),
    "reference": ("Ongeldige referentie", "Invalid reference", "Référence invalide"),
    "not_allowed": ("Niet toegestaan", "Not allowed", "Non autorisé"),
    "in_use": ("In gebruik", "In use", "Utilisé"),
}

_LABELS = {
    "Account": ("Relatie", "Account", "Relation"),
    "Amount": ("Bedrag", "Amount", "Montant"),
    "Attachment": ("Bijlage", "Attachment", "Pièce jointe"),
    "Callback answer": 3
    * ("Post to callback URL endpoint returns 500 An error occurred while sending the request.",),
    "CallbackURL": ("Callback URL", "Callback URL", "URL de rappel"),
    "Code": ("Code", "Code", "Code"),
    # What Exact calls a contact without a name, and one it does not know, is not in the sources.
    "Contact": ("Contactpersoon", "Contact", "Personne de contact"),
    "Contact name": ("Naam contactpersoon", "Contact name", "Nom de la personne de contact"),
    "Country": ("Land", "Country", "Pays"),
    "CostCenter": ("Kostenplaats", "Cost center", "Centre de frais"),
    # English is the vendor's; Dutch and French are translations (chapter 5.4).
    "CostCenter link": (
        "Kostenplaatskoppeling",
        "Cost center link",
        "Lien du centre de frais",
    ),
    "CostUnit": ("Kostendrager", "Cost unit", "Unité de frais"),
    "CostUnit link": ("Kostendragerkoppeling", "Cost unit link", "Lien de l'unité de frais"),
    "Currency": ("Valuta", "Currency", "Devise"),
    "Customer": ("Klant", "Customer", "Client"),
    "Customer (Blocked)": ("Klant (Geblokkeerd)", "Customer (Blocked)", "Client (Bloqué)"),
    "Customer (Type)": ("Klant (Type)", "Customer (Type)", "Client (Type)"),
    "DeliverTo": ("Leveren aan", "Deliver to", "Livrer à"),
    "Description": ("Omschrijving", "Description", "Description"),
    "Document": ("Document", "Document", "Document"),
    "Entry": ("Boeking", "Entry", "Écriture"),
    "Entry (Status)": ("Boeking (Status)", "Entry (Status)", "Écriture (Statut)"),
    "Entry lines": ("Boekingsregels", "Entry lines", "Lignes d'écriture"),
    "EntryNumber": ("Boekstuknummer", "Document number", "Numéro de document"),
    "FileName": ("Bestandsnaam", "File name", "Nom de fichier"),
    "Email": ("Email []", "Email []", "Email []"),
    "ExtraDescription": ("Extra omschrijving", "Extra description", "Description supplémentaire"),
    "Financial year": ("Boekjaar", "Financial year", "Exercice"),
    "G/L account type": (
        "Grootboekrekeningtype",
        "G/L account type",
        "Type de compte général",
    ),
    "GLAccount (Blocked)": (
        "Grootboekrekening (Geblokkeerd)",
        "G/L Account (Blocked)",
        "Compte général (Bloqué)",
    ),
    "GLAccount": ("Grootboekrekening", "G/L Account", "Compte général"),
    "InvoiceID": ("Factuur", "Invoice", "Facture"),
    "InvoiceTo": ("Factuur voor", "Invoice to", "Facture pour"),
    "Invoice (Status)": ("Factuur (Status)", "Invoice (Status)", "Facture (Statut)"),
    "Item": ("Artikel", "Item", "Article"),
    "Item (Blocked)": ("Artikel (Geblokkeerd)", "Item (Blocked)", "Article (Bloqué)"),
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
    "SearchCode": ("Zoekcode", "Search code", "Code de recherche"),
    "Salesperson": ("Verkoper", "Sales person", "Vendeur"),
    "Status": ("Status", "Status", "Statut"),
    "Subject": ("Onderwerp", "Subject", "Sujet"),
    "Topic": ("Onderwerp", "Topic", "Sujet"),
    "Type": ("Type", "Type", "Type"),
    "Unit": ("Eenheid", "Unit", "Unité"),
    "VAT code": ("Btw-code", "VAT code", "Code TVA"),
    "YourRef": ("Uw ref.", "Your ref.", "Votre réf."),
    "VAT percentage": ("Btw-percentage []", "VAT percentage []", "Pourcentage TVA []"),
}

# What is called otherwise where something is required: "Required: Article Required: Unit" (5.4).
_REQUIRED = {"Item": ("Artikel", "Article", "Article")}

_SENTENCES = {
    "exists": ("Gegeven bestaat reeds.", "Data already exists", "Donnée existe déjà."),
    "delete": (
        "Kan niet verwijderen: {what} - Gebruikt in: {where}",
        "Cannot delete: {what} - Used in: {where}",
        "Suppression impossible: {what} - Utilisé dans: {where}",
    ),
    "Account": ("Relatie", "Account", "Relation"),
    "Item": ("Artikel", "Item", "Article"),
    "Documents": ("Documenten", "Documents", "Documents"),
    "Sales invoices": ("Verkoopfacturen", "Sales invoices", "Factures de vente"),
    "Document": ("Document", "Document", "Document"),
    # Dutch and French are translations: only the English text was seen (chapter 5.4).
    "year": (
        "Het boekjaar kan niet worden gewijzigd.",
        "The financial year cannot be changed.",
        "L'exercice ne peut pas être modifié.",
    ),
    "AmountFCExclVat": ("Exclusief btw", "Excluding VAT", "Hors TVA"),
    "VATAmountFC": ("Btw", "VAT", "TVA"),
    "AmountFC": ("Totaal", "Total", "Total"),
    # What PrintedSalesInvoices answers with: the properties are known, their texts are not (4.5).
    "invoice title": (
        "Verkoopfactuur {number}",
        "Sales invoice {number}",
        "Facture de vente {number}",
    ),
    "credit title": ("Creditnota {number}", "Credit note {number}", "Note de crédit {number}"),
    "document made": (
        "Document {number} is aangemaakt.",
        "Document {number} has been created.",
        "Le document {number} a été créé.",
    ),
    "email sent": (
        "E-mail is verzonden naar {address}.",
        "E-mail has been sent to {address}.",
        "L'e-mail a été envoyé à {address}.",
    ),
    "email unknown": (
        "Verplicht: E-mailadres van de klant",
        "Mandatory: Customer e-mail address",
        "Obligatoire: Adresse e-mail du client",
    ),
    "email sender": (
        "Ongeldig: E-mailadres van de afzender",
        "Invalid: Sender e-mail address",
        "Invalide: Adresse e-mail de l'expéditeur",
    ),
    "postbox sent": (
        "Bericht is verzonden naar postbus {address}.",
        "Message has been sent to mailbox {address}.",
        "Le message a été envoyé à la boîte {address}.",
    ),
    "postbox unknown": (
        "Verplicht: Postbus van de klant",
        "Mandatory: Customer mailbox",
        "Obligatoire: Boîte postale du client",
    ),
    "peppol sent": (
        "Factuur is verzonden via Peppol naar {address}.",
        "Invoice has been sent via Peppol to {address}.",
        "La facture a été envoyée via Peppol à {address}.",
    ),
    "peppol unknown": (
        "Verplicht: Peppol-id van de klant",
        "Mandatory: Customer Peppol identifier",
        "Obligatoire: Identifiant Peppol du client",
    ),
    # "Normal" is what samples show in every language (chapter 4.3).
    "type 8020": ("Normal", "Normal", "Normal"),
    "type 8021": ("Creditnota", "Credit note", "Note de crédit"),
    "entry type 20": ("Verkoopboeking", "Sales entry", "Écriture de vente"),
    "entry type 21": ("Creditnota", "Sales credit note", "Note de crédit"),
    "document type 10": ("Verkoopfactuur", "Sales invoice", "Facture de vente"),
    "document type 55": ("Diversen", "Miscellaneous", "Divers"),
    # Dutch was seen, and goes on; where is not told. The others are translations (chapter 5.1).
    "account type": (
        "Dit account type heeft niet genoeg rechten.",
        "This account type does not have enough rights.",
        "Ce type de compte n'a pas assez de droits.",
    ),
    "group accounts": (
        "Verplicht: Artikelgroep ({name}) - Grootboekrekening: {accounts}",
        "Mandatory: Item group ({name}) - G/L Account: {accounts}",
        "Obligatoire: Groupe d'articles ({name}) - Compte général: {accounts}",
    ),
    # English and French are translations: only the Dutch text was seen (chapter 5.4).
    "period closed": (
        "Periode is afgesloten: {year} - {month}",
        "Period is closed: {year} - {month}",
        "La période est clôturée: {year} - {month}",
    ),
    "period status 0": ("Open", "Open", "Ouvert"),
    "period status 1": ("Afgesloten", "Closed", "Clôturé"),
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

    :param kind: mandatory, required, invalid, reference, not_allowed or in_use
    :param label: the name of the field, a key of the labels above
    """
    labels = {**_LABELS, **_REQUIRED} if kind == "required" else _LABELS
    return f"{_pick(_KINDS[kind], language)}: {_pick(labels[label], language)}"


def sentence(name, language, /, **values):
    """Return one of the other texts, filled in."""
    return _pick(_SENTENCES[name], language).format(**values)
