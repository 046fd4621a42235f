"""The words of the letters: one row for each template, one set of labels for each language.

A row's statements are what the signer declares. Those of the United States answer 47 CFR 64.1130(e), one each: account
and numbers, decision, agent, one carrier, charge; (b) and (d) ask that a letter serve this purpose only and offer no
inducement. Toll-free letters hold the four elements of Somos's rules (signature, date, numbers, the new RespOrg's
company), British ones what the industry's CLoA needs, German ones the Portierungsauftrag, French ones the mandate with
a RIO for each number. Placeholders in braces are fields of the form; the values put there are never read as text again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """What one template says.

    Attributes:
        language: ISO 639 code; the labels and the letter of return come from it.
        title: Of the letter that moves the numbers.
        opening: The request in one sentence, to whom it is made.
        statements: What the signer declares in the letter that moves the numbers.
        always: What is declared in the letter of return, too.
        blanks: Fields left to be written by hand where the order does not know them; other empty ones are not printed.
        holders: For how many signers there is room.
    """

    language: str
    title: str
    opening: str
    statements: tuple[str, ...]
    always: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    holders: int = 1


@dataclass(frozen=True)
class Return:
    """What the letter that authorises a port-back says, in one language."""

    title: str
    void: str
    opening: str
    statements: tuple[str, ...]


_PURPOSE = "The one purpose of this letter is to authorize the change described in it."
_AUTHORITY = "I am entitled to decide this for the account holder named above."
_CHARGE = "I understand that I may be charged for the change."

WORDINGS: Mapping[str, Wording] = {
    "us_local": Wording(
        "en",
        "Letter of Authorization",
        "To {losing_carrier}: please release the telephone numbers of this letter to {gaining_carrier}.",
        (
            _PURPOSE,
            "The name and address above are those on the account that {losing_carrier} bills, and every number to be "
            "moved is listed in this letter or in the file it names.",
            "I have decided to change the carrier of each of these numbers from {losing_carrier} to {gaining_carrier}.",
            "I appoint {gaining_carrier} as my agent for this change: it may ask {losing_carrier} for the records of "
            "this account and place the orders that the change takes.",
            "I understand that each number can have only one local carrier, only one in-state long-distance carrier "
            "and only one interstate long-distance carrier at a time, and that I choose {gaining_carrier} for each.",
            _CHARGE,
            _AUTHORITY,
        ),
    ),
    "us_toll_free": Wording(
        "en",
        "Letter of Authorization: RespOrg Change",
        "To {losing_carrier}: please release the toll-free numbers of this letter to {gaining_carrier}.",
        (
            _PURPOSE,
            "The name and address above are those on the account that {losing_carrier} bills, and every toll-free "
            "number to be moved is listed in this letter or in the file it names.",
            "I have decided to change the Responsible Organization (RespOrg) of each of these numbers from "
            "{losing_carrier} to {gaining_carrier}.",
            "I appoint {gaining_carrier} as my agent for this change, before {losing_carrier} and the toll-free "
            "number registry.",
            "I understand that a toll-free number can have only one RespOrg at a time.",
            _CHARGE,
            _AUTHORITY,
        ),
        blanks=("gaining_resp_org",),
    ),
    "uk_cloa": Wording(
        "en",
        "Customer Letter of Authority (CLoA)",
        "To {gaining_carrier} and {losing_carrier}: please port the telephone numbers of this letter from "
        "{losing_carrier} to {gaining_carrier}.",
        (
            "The one purpose of this letter is to give authority for the port described in it.",
            "The name and address above are those that {losing_carrier} holds for the account and its installation.",
            "I want {gaining_carrier} to provide service on these numbers in place of {losing_carrier}, and give it "
            "authority to arrange this on my behalf.",
            "I understand that a number is with one provider at a time, and that lines and services which depend on "
            "the numbers moved may end. Numbers of the account that stay behind are kept or ceased as listed.",
            "I understand that my contract with {losing_carrier} may lead to charges.",
            "I am entitled to decide this for the customer named above.",
        ),
        (
            "{gaining_carrier} keeps this letter for at least 12 months from the date of the port and produces it "
            "within 24 hours when asked.",
        ),
        ("kept_numbers", "ceased_numbers"),
    ),
    "de_auftrag": Wording(
        "de",
        "Portierungsauftrag",
        "An {gaining_carrier} und {losing_carrier}: Bitte nehmen Sie die Rufnummern dieses Auftrags von "
        "{losing_carrier} zu {gaining_carrier} mit.",
        (
            "Dieses Schreiben dient allein der Mitnahme der genannten Rufnummern.",
            "Name und Anschrift sind die des Anschlussinhabers, Zeichen für Zeichen wie bei {losing_carrier} geführt.",
            "Ich habe mich entschieden, mit diesen Rufnummern von {losing_carrier} zu {gaining_carrier} zu wechseln.",
            "Ich bevollmächtige {gaining_carrier}, die Mitnahme in meinem Namen bei {losing_carrier} zu beauftragen "
            "und die dafür nötigen Erklärungen abzugeben.",
            "Mir ist bekannt, dass eine Rufnummer zu jeder Zeit nur bei einem Anbieter geschaltet ist und dass aus dem "
            "bisherigen Vertrag bis zu seinem Ende Entgelte anfallen können.",
        ),
        ("Gibt es mehrere Anschlussinhaber, so unterschreiben alle.",),
        ("porting_code",),
        holders=2,
    ),
    "fr_mandat": Wording(
        "fr",
        "Mandat de portabilité",
        "À {gaining_carrier} et {losing_carrier} : je demande la portabilité des numéros de ce mandat de "
        "{losing_carrier} vers {gaining_carrier}.",
        (
            "Ce mandat a pour seul objet la portabilité des numéros indiqués.",
            "Je suis titulaire du contrat qui porte ces numéros chez {losing_carrier}, ou dûment mandaté par lui.",
            "J'ai décidé de confier ces numéros à {gaining_carrier} à la place de {losing_carrier}.",
            "Je donne mandat à {gaining_carrier} pour accomplir en mon nom, auprès de {losing_carrier}, toutes les "
            "démarches nécessaires à cette portabilité.",
            "J'ai connaissance que le RIO identifie mon contrat, qu'un numéro dépend d'un seul opérateur à la fois, "
            "que le portage met fin au contrat pour les numéros portés et que des frais peuvent rester dus à ce titre.",
        ),
        blanks=("identifier",),
    ),
    "generic": Wording(
        "en",
        "Letter of Authorization",
        "To {losing_carrier}: please release the telephone numbers of this letter to {gaining_carrier}.",
        (
            _PURPOSE,
            "The name and address above are those that {losing_carrier} holds for the account.",
            "I have decided to move each of these numbers from {losing_carrier} to {gaining_carrier}.",
            "I appoint {gaining_carrier} as my agent for this change.",
            "I understand that a number can be with only one carrier at a time.",
            _CHARGE,
            _AUTHORITY,
        ),
    ),
}

#: The letter of return: the carriers have changed places, so the account is the one at the carrier that gains.
RETURNS: Mapping[str, Return] = {
    "en": Return(
        "Letter of Authorization: Return of Numbers",
        "VOID UNTIL SIGNED AND DATED. Prepared in advance for an emergency; without a signature and a date by hand or "
        "under an electronic seal it authorizes nothing.",
        "To {gaining_carrier} and {losing_carrier}: please return the telephone numbers of this letter from "
        "{losing_carrier}, where they were moved, to {gaining_carrier}.",
        (
            "The one purpose of this letter is to authorize the return described in it.",
            "The name, address and account above are those under which {gaining_carrier} served these numbers before.",
            "I have decided to return each of these numbers from {losing_carrier} to {gaining_carrier}.",
            "I appoint {gaining_carrier} as my agent for this return.",
            "I understand that a number can be with only one carrier at a time, that I may be charged, and that the "
            "carriers may decline or take their own time.",
            "I am entitled to decide this for the account holder named above.",
        ),
    ),
    "de": Return(
        "Auftrag zur Rückportierung",
        "UNGÜLTIG, SOLANGE NICHT UNTERSCHRIEBEN UND DATIERT. Für den Notfall vorbereitet; ohne Unterschrift und Datum "
        "wird nichts beauftragt.",
        "An {gaining_carrier} und {losing_carrier}: Bitte portieren Sie die Rufnummern dieses Auftrags von "
        "{losing_carrier} zu {gaining_carrier} zurück.",
        (
            "Dieses Schreiben dient allein der Rückportierung der genannten Rufnummern.",
            "Name, Anschrift und Kundennummer sind die, unter denen {gaining_carrier} diese Rufnummern zuvor führte.",
            "Ich habe mich entschieden, diese Rufnummern von {losing_carrier} zu {gaining_carrier} zurückzugeben.",
            "Ich bevollmächtige {gaining_carrier}, die Rückportierung in meinem Namen zu beauftragen.",
            "Mir ist bekannt, dass Entgelte anfallen und die Anbieter ablehnen oder Zeit benötigen können.",
        ),
    ),
    "fr": Return(
        "Mandat de retour des numéros",
        "SANS VALEUR TANT QU'IL N'EST NI SIGNÉ NI DATÉ. Préparé à l'avance en cas d'urgence ; sans signature ni date, "
        "il n'autorise rien.",
        "À {gaining_carrier} et {losing_carrier} : je demande le retour des numéros de ce mandat de "
        "{losing_carrier} vers {gaining_carrier}.",
        (
            "Ce mandat a pour seul objet le retour des numéros indiqués.",
            "Le nom, l'adresse et le compte sont ceux sous lesquels {gaining_carrier} servait ces numéros auparavant.",
            "J'ai décidé de rendre ces numéros de {losing_carrier} à {gaining_carrier}.",
            "Je donne mandat à {gaining_carrier} pour accomplir en mon nom les démarches nécessaires à ce retour.",
            "J'ai connaissance que des frais peuvent être dus et que les opérateurs peuvent refuser ou tarder.",
        ),
    ),
}

_ENGLISH = {
    "parties": "Carriers",
    "losing_carrier": "From (losing carrier)",
    "losing_resp_org": "Its RespOrg ID",
    "gaining_carrier": "To (gaining carrier)",
    "gaining_resp_org": "Port to RespOrg",
    "porting_code": "Porting code",
    "account": "Account",
    "entity_name": "Name on the account",
    "authorized_person": "Authorized person",
    "service_address": "Service address",
    "postal_code": "Postal code",
    "billing_address": "Billing address",
    "account_number": "Account number",
    "btn": "Billing telephone number",
    "numbers": "Telephone numbers",
    "number": "Number",
    "identifier": "Identifier",
    "see_attached": "See Attached",
    "count": "How many",
    "first": "First",
    "last": "Last",
    "file": "File",
    "sha256": "SHA-256 of the file",
    "kept_numbers": "Numbers of the account that are kept",
    "ceased_numbers": "Numbers of the account that are ceased",
    "declaration": "Declaration",
    "cancels_contract": "",
    "yes": "yes",
    "no": "no",
    "signature_heading": "Signature",
    "signature": "Signature",
    "printed_name": "Printed name",
    "job_title": "Title",
    "signed_on": "Date (written by the signer)",
    "by_hand": "Sign by hand, in ink: a typed, stamped or electronic signature is not accepted.",
    "no_stamp": "A stamp does not count as a signature.",
    "reference": "Reference",
    "page": "Page",
    "evidence": "Evidence of the electronic signature",
    "signer": "Signed by",
    "signed_at": "Moment (UTC)",
    "method": "Method",
    "typed": "name typed",
    "drawn": "signature drawn",
    "address": "Network address",
    "consent": "Text agreed to",
    "form_sha256": "SHA-256 of the unsigned letter",
}

_GERMAN = {
    "parties": "Anbieter",
    "losing_carrier": "Bisheriger Anbieter",
    "losing_resp_org": "RespOrg-ID",
    "gaining_carrier": "Neuer Anbieter",
    "gaining_resp_org": "RespOrg-ID",
    "porting_code": "Portierungskennung des neuen Anbieters",
    "account": "Anschluss",
    "entity_name": "Anschlussinhaber",
    "authorized_person": "Zeichnungsberechtigt",
    "service_address": "Anschrift des Anschlusses",
    "postal_code": "Postleitzahl",
    "billing_address": "Rechnungsanschrift",
    "account_number": "Kundennummer",
    "btn": "Hauptrufnummer",
    "numbers": "Rufnummern (mit Ortsnetzkennzahl)",
    "number": "Rufnummer",
    "identifier": "Kennung",
    "see_attached": "Siehe Anlage",
    "count": "Anzahl",
    "first": "Erste",
    "last": "Letzte",
    "file": "Datei",
    "sha256": "SHA-256 der Datei",
    "kept_numbers": "Rufnummern des Anschlusses, die bleiben",
    "ceased_numbers": "Rufnummern des Anschlusses, die enden",
    "declaration": "Erklärung",
    "cancels_contract": "Der Vertrag bei {losing_carrier} soll zum Tag der Portierung gekündigt werden:",
    "yes": "ja",
    "no": "nein",
    "signature_heading": "Unterschriften der Anschlussinhaber",
    "signature": "Unterschrift",
    "printed_name": "Name in Druckschrift",
    "job_title": "Funktion",
    "signed_on": "Datum (vom Unterzeichner)",
    "by_hand": "Bitte von Hand unterschreiben: Eine getippte oder elektronische Unterschrift wird nicht angenommen.",
    "no_stamp": "Ein Stempel ersetzt die Unterschrift nicht.",
    "reference": "Referenz",
    "page": "Seite",
    "evidence": "Nachweis der elektronischen Unterschrift",
    "signer": "Unterzeichnet von",
    "signed_at": "Zeitpunkt (UTC)",
    "method": "Art",
    "typed": "Name getippt",
    "drawn": "Unterschrift gezeichnet",
    "address": "Netzwerkadresse",
    "consent": "Text der Zustimmung",
    "form_sha256": "SHA-256 des nicht unterschriebenen Schreibens",
}

_FRENCH = {
    "parties": "Opérateurs",
    "losing_carrier": "Opérateur actuel",
    "losing_resp_org": "Identifiant RespOrg",
    "gaining_carrier": "Nouvel opérateur",
    "gaining_resp_org": "Identifiant RespOrg",
    "porting_code": "Code de portage",
    "account": "Titulaire",
    "entity_name": "Titulaire du contrat",
    "authorized_person": "Personne habilitée",
    "service_address": "Adresse d'installation",
    "postal_code": "Code postal",
    "billing_address": "Adresse de facturation",
    "account_number": "Numéro de client",
    "btn": "Numéro de tête",
    "numbers": "Numéros",
    "number": "Numéro",
    "identifier": "RIO",
    "see_attached": "Voir annexe",
    "count": "Nombre",
    "first": "Premier",
    "last": "Dernier",
    "file": "Fichier",
    "sha256": "SHA-256 du fichier",
    "kept_numbers": "Numéros du contrat conservés",
    "ceased_numbers": "Numéros du contrat résiliés",
    "declaration": "Déclaration",
    "cancels_contract": "",
    "yes": "oui",
    "no": "non",
    "signature_heading": "Signature",
    "signature": "Signature",
    "printed_name": "Nom en capitales",
    "job_title": "Fonction",
    "signed_on": "Date (écrite par le signataire)",
    "by_hand": "À signer de la main : une signature tapée ou électronique n'est pas acceptée.",
    "no_stamp": "Un tampon ne vaut pas signature.",
    "reference": "Référence",
    "page": "Page",
    "evidence": "Preuve de la signature électronique",
    "signer": "Signé par",
    "signed_at": "Moment (UTC)",
    "method": "Procédé",
    "typed": "nom tapé",
    "drawn": "signature dessinée",
    "address": "Adresse réseau",
    "consent": "Texte accepté",
    "form_sha256": "SHA-256 de la lettre non signée",
}

LABELS: Mapping[str, Mapping[str, str]] = {"en": _ENGLISH, "de": _GERMAN, "fr": _FRENCH}
