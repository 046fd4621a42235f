"""Codes of European porting processes, by canonical reason; see `notation` for how to read them.

Sources: UK porting rejections as Gamma and Simwood document them; the German pre-agreement (WBCI); the Polish PLI CBD
process E17, whose 4 (contract type), 5 (number group) and 9 (complaint mode) fit no canonical reason and go to a
person.
"""

from __future__ import annotations

from portolan.domain.rejections.vendors.notation import read

UK_NPOR = read(
    {
        "BTN_MISMATCH": "06",
        "MISSING_FIELDS": "01-03",
        "PORT_TYPE_INCORRECT": "25 26",
    }
)

WBCI = read(
    {
        "ADDRESS_MISMATCH": "ADF",
        "ALL_DATA": "KNI",
        "NAME_MISMATCH": "AIF",
        "OTHER": "SON",
        "OTHER_HOLDERS_MISSING": "WAI",
        "PENDING_ORDER": "VAE",
        "TN_INACTIVE": "RNG",
    }
)

PLI_CBD = read(
    {
        "ALL_DATA": "1",
        "CUSTOMER_STAYS": "3",
        "FOC_REJECTED": "6",
        "FOC_TOO_FAR": "8",
        "OTHER": "4 5 9",
        "TN_INACTIVE": "2",
        "TN_NOT_ON_ACCOUNT": "7",
    }
)
