"""The canonical taxonomy: why carriers send orders back, what it means, who fixes it and how.

Dispositions, and which codes of different carriers mean the same, are Portolan's own reading of the carriers' texts;
nobody publishes such a mapping. Waits are what practice shows, not promises.
"""

from __future__ import annotations

from types import MappingProxyType

from portolan.domain.rejections.model import Reason
from portolan.domain.rejections.reasons.account import ACCOUNT
from portolan.domain.rejections.reasons.course import COURSE
from portolan.domain.rejections.reasons.numbers import NUMBERS
from portolan.domain.rejections.reasons.papers import PAPERS

#: Every canonical reason by its code.
REASONS: dict[str, Reason] = {found.code: found for found in (*ACCOUNT, *NUMBERS, *PAPERS, *COURSE)}

#: Other names in use for them. One that covers several reasons stands for the one that says least.
ALIASES: MappingProxyType[str, str] = MappingProxyType(
    {
        "ACCOUNT_NUMBER": "ACCOUNT_NUMBER_MISMATCH",
        "ADDRESS": "ADDRESS_MISMATCH",
        "AUTHORIZED_NAME": "AUTH_PERSON_MISMATCH",
        "BTN": "BTN_MISMATCH",
        "BTN_PORTING": "MAIN_BTN_PORTING",
        "CARRIER_SILENT": "LOSING_UNRESPONSIVE",
        "CONTRACT_OR_DEBT": "UNPAID",
        "DEFUNCT": "RESPORG_DEFUNCT",
        "END_USER_NAME": "NAME_MISMATCH",
        "FEES": "UNPAID",
        "FOC_DATE_REFUSED": "FOC_REJECTED",
        "FRAUD_HOLD": "NOT_AUTHORISED",
        "FREEZE": "PORT_LOCK",
        "LOA_REJECTED": "LOA_ILLEGIBLE",
        "MULTIPLE_CARRIERS": "SPLIT_REQUIRED",
        "NOT_AUTHORIZED": "NOT_AUTHORISED",
        "NOT_PORTABLE": "TN_NOT_PORTABLE",
        "NO_COVERAGE": "RATE_CENTER",
        "NUMBER_INACTIVE": "TN_INACTIVE",
        "NUMBER_NOT_ON_ACCOUNT": "TN_NOT_ON_ACCOUNT",
        "PIN": "PIN_INVALID",
        "PORT_FREEZE": "PORT_LOCK",
        "PORT_TYPE": "PORT_TYPE_INCORRECT",
        "POSTAL_CODE": "POSTCODE_MISMATCH",
        "RESOLD_NUMBER": "RESOLD_ACCOUNT",
        "RESPORG_SPARE": "TFN_SPARE",
        "RESPORG_TRANSITIONAL": "TFN_TRANSITIONAL",
        "SPARE": "TFN_SPARE",
        "TOO_FAR": "FOC_TOO_FAR",
        "TRANSITIONAL": "TFN_TRANSITIONAL",
        "UNRESPONSIVE": "LOSING_UNRESPONSIVE",
    }
)


def canonical(code: str) -> str | None:
    """The canonical code a name stands for, in whatever case it is written; None where nobody knows it."""
    name = code.strip().upper()
    name = ALIASES.get(name, name)
    return name if name in REASONS else None


def reason(code: str) -> Reason:
    """The canonical reason of a code or one of its other names; what nobody knows is OTHER."""
    return REASONS[canonical(code) or "OTHER"]
