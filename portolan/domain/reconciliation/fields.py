"""Which fields there are, in the order of the form, and how each is compared."""

from __future__ import annotations

import re
from enum import Enum, auto

from portolan.domain.reconciliation.characters import words

#: The form, from top to bottom; what else both sides have comes after it.
FORM = (
    "entity_name",
    "authorized_person",
    "service_address",
    "postal_code",
    "account_number",
    "btn",
    "numbers",
)
#: No LOA is complete without them (the losing carrier's record has them all).
REQUIRED = frozenset(FORM[:5])
#: Of these nothing is ever told but that they are equal, different or missing: whoever has one can take a number away.
SECRET_FIELDS = words(
    "pin port_pin port_out_pin transfer_pin account_pin passcode account_passcode password account_password passphrase "
    "ssn ssn4 ssn_last4 last4_ssn last_four_ssn tax_id_last4 ntp number_transfer_pin pac stac rio "
    "codice_di_migrazione migration_code security_code otp secret dob date_of_birth birth_date nin bvn"
)
_SECRET_WORDS = words("pin passcode password passphrase ssn ssn4 ntp pac stac rio otp secret dob nin bvn")
#: What the record holds besides the form: compared with fields of other names, or not at all.
ASIDE = frozenset({"billing_address", "authorized_persons", "features"})


class Kind(Enum):
    """How a field is compared."""

    COMPANY = auto()
    PERSON = auto()
    ADDRESS = auto()
    POSTAL_CODE = auto()
    CODE = auto()
    TELEPHONE = auto()
    TEXT = auto()
    NUMBERS = auto()
    SECRET = auto()


_FORM_KINDS = dict(
    zip(
        FORM,
        (Kind.COMPANY, Kind.PERSON, Kind.ADDRESS, Kind.POSTAL_CODE, Kind.CODE, Kind.TELEPHONE, Kind.NUMBERS),
        strict=True,
    )
)
#: What a word in a field's name says about it; the first that is found counts.
_BY_WORD = (
    (words("billing mailing invoice email mail date"), Kind.TEXT),
    (words("postal postcode postalcode zip zipcode plz cap"), Kind.POSTAL_CODE),
    (words("btn atn mbn tn phone telephone msisdn mdn ani"), Kind.TELEPHONE),
    (words("address street strasse rue"), Kind.ADDRESS),
    (words("company entity holder business"), Kind.COMPANY),
    (
        words(
            "number no nr id cupid nif cif nie vat siren siret ico spid ocn account code reference ref onkz iban"
            " identifier"
        ),
        Kind.CODE,
    ),
)


def kind_of(field: str) -> Kind:
    """How a field of that name is compared; what nobody knows is text."""
    if field in _FORM_KINDS:
        return _FORM_KINDS[field]
    name = re.sub(r"(?<=[a-z])(?=[A-Z])|[\s-]+", "_", field).lower()
    parts = set(name.split("_"))
    if name in SECRET_FIELDS or parts & _SECRET_WORDS:
        return Kind.SECRET
    return next((kind for known, kind in _BY_WORD if parts & known), Kind.TEXT)
