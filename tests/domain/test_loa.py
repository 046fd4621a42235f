"""What a letter says: the legal elements of each, whose numbers, and what is refused."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from string import Formatter
from typing import Any

import pytest

from portolan.domain.carrier import AccountData, CsrRecord
from portolan.domain.errors import ConfigurationError
from portolan.domain.loa import (
    DRAWING_BYTES,
    DRAWING_SIDE,
    ElectronicSignature,
    LoaForm,
    LoaKind,
    SignatureMode,
    accepted_modes,
    form_for,
)
from portolan.domain.loa_wording import LABELS, RETURNS, WORDINGS
from portolan.domain.playbooks.model import Policy
from tests.documents.letters import NUMBERS, TEMPLATES, form, png
from tests.world import ACCOUNT, request

POLICY = Policy(playbook="US-LOCAL", time_zone="America/New_York")

#: What each letter has to declare, by the rule that asks for it.
ELEMENTS = {
    # 47 CFR 64.1130(b) and (e)(1) to (5).
    "us_local": [
        r"one purpose .* authorize the change",
        r"name and address above .* Old Telco bills.* every number",
        r"decided to change the carrier .* from Old Telco to Bright Voice",
        r"appoint Bright Voice as my agent",
        r"only one local carrier.* in-state .* interstate",
        r"may be charged",
    ],
    "us_toll_free": [
        r"one purpose",
        r"every toll-free number",
        r"decided to change the Responsible Organization .* from Old Telco to Bright Voice",
        r"appoint Bright Voice as my agent",
        r"only one RespOrg",
        r"may be charged",
    ],
    "uk_cloa": [
        r"authority for the port",
        r"Bright Voice to provide service .* in place of Old Telco",
        r"kept or ceased",
        r"12 months .* within 24 hours",
    ],
    "de_auftrag": [
        r"allein der Mitnahme",
        r"Anschlussinhabers, Zeichen für Zeichen wie bei Old Telco",
        r"von Old Telco zu Bright Voice",
        r"bevollmächtige Bright Voice",
        r"nur bei einem Anbieter",
        r"unterschreiben alle",
    ],
    "fr_mandat": [
        r"seul objet",
        r"titulaire du contrat .* Old Telco",
        r"confier ces numéros à Bright Voice à la place de Old Telco",
        r"donne mandat à Bright Voice",
        r"RIO identifie mon contrat",
    ],
    "generic": [r"one purpose", r"from Old Telco to Bright Voice", r"appoint Bright Voice as my agent"],
}
INDUCEMENTS = re.compile(
    r"\b((?<!toll-)free|gift|bonus|discount|refund|win|prize|cheque|check|gratis|gratuit|Rabatt)\b", re.I
)


def declared(asked: LoaForm) -> str:
    return " ".join([asked.opening, *asked.statements])


@pytest.mark.parametrize(("template", "elements"), ELEMENTS.items())
def test_a_letter_declares_what_the_rules_ask_for(template: str, elements: list[str]) -> None:
    said = declared(form(template))
    assert [element for element in elements if not re.search(element, said)] == []


def test_every_template_has_its_elements_here() -> None:
    assert sorted(ELEMENTS) == TEMPLATES


@pytest.mark.parametrize("kind", LoaKind)
@pytest.mark.parametrize("template", TEMPLATES)
def test_no_letter_offers_an_inducement_or_leaves_a_place_unfilled(template: str, kind: LoaKind) -> None:
    asked = form(template, kind=kind)
    said = f"{asked.title} {asked.void} {declared(asked)} {asked.contract_question} {asked.signature_rule}"
    assert not INDUCEMENTS.search(said)
    assert "{" not in said
    assert "}" not in said


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_letter_of_return_is_void_until_signed_and_dated(template: str) -> None:
    there, back = form(template), form(template, kind="rollback")
    assert there.void == ""
    assert re.match(
        r"VOID UNTIL SIGNED AND DATED|UNGÜLTIG, SOLANGE NICHT UNTER|SANS VALEUR TANT QU'IL N'EST", back.void
    )
    assert back.title != there.title
    assert any("Old Telco" in text and "Bright Voice" in text for text in back.statements)
    assert back.contract_question == ""


@pytest.mark.parametrize("language", LABELS)
def test_every_language_has_every_label_and_a_letter_of_return(language: str) -> None:
    assert LABELS[language].keys() == LABELS["en"].keys()
    assert language in RETURNS


def test_the_texts_name_only_fields_of_the_form() -> None:
    rows = [*WORDINGS.values(), *RETURNS.values()]
    texts = [text for row in rows for text in (row.opening, *row.statements)]
    texts += [text for row in WORDINGS.values() for text in row.always]
    texts += [text for labels in LABELS.values() for text in labels.values()]
    names = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name is not None}
    assert names == {"losing_carrier", "gaining_carrier"}


def test_a_carrier_named_like_a_placeholder_is_not_filled_in() -> None:
    asked = form(losing_carrier="{gaining_carrier}", gaining_carrier="{0.__class__}")
    assert asked.opening == (
        "To {gaining_carrier}: please release the telephone numbers of this letter to {0.__class__}."
    )


@pytest.mark.parametrize(
    ("attach_over", "attached"),
    [(None, False), (len(NUMBERS), False), (len(NUMBERS) - 1, True), (0, True)],
)
def test_more_numbers_than_the_threshold_are_attached(attach_over: int | None, attached: bool) -> None:
    asked = form(attach_over=attach_over)
    assert asked.attached is attached
    assert (asked.first, asked.last) == (NUMBERS[0], NUMBERS[-1])


REFUSED = {
    "no numbers": ({"numbers": ()}, "at least 1 item"),
    "not E.164": ({"numbers": ("2125550100",)}, "match pattern"),
    "listed twice": ({"numbers": (*NUMBERS, NUMBERS[0])}, rf"listed twice: \{NUMBERS[0]}"),
    "moved and kept": ({"kept_numbers": NUMBERS[:1]}, r"listed twice"),
    "kept and ceased": ({"kept_numbers": ("+442079460001",), "ceased_numbers": ("+442079460001",)}, "listed twice"),
    "no such template": ({"template": "us"}, "there is no letter 'us': use us_local"),
    "identifier of a stranger": ({"identifiers": {"+33123456789": "x"}}, r"identifiers.* has \+33123456789"),
    "no account holder": ({"account": {"entity_name": " "}}, "entity_name.* is empty"),
    "RespOrg too short": ({"gaining_resp_org": "QIT0"}, "gaining_resp_org"),
    "RespOrg in lower case": ({"losing_resp_org": "qit02"}, "losing_resp_org"),
    "porting code": ({"porting_code": "D12"}, "porting_code"),
    "threshold below nothing": ({"attach_over": -1}, "attach_over"),
    "signature mode": ({"signature_modes": ("stamp",)}, "signature_modes"),
}


@pytest.mark.parametrize(("given", "words"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_letter_is_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        form(**given)


def test_the_form_of_an_order_has_its_account_code_point_for_code_point() -> None:
    asked = request(policy={"loa_attachment_over": 3, "signature_modes": ["electronic"], "loa_template": "generic"})
    account = CsrRecord(**{**ACCOUNT.model_dump(), "entity_name": "Cafe\u0301 & Fils"}, billing_address="PO Box 1")
    made = form_for(asked, account)
    assert made.account == AccountData(**{**ACCOUNT.model_dump(), "entity_name": "Cafe\u0301 & Fils"})
    assert type(made.account) is AccountData
    assert (made.kind, made.template, made.order_id) == ("port", "generic", asked.order_id)
    assert (made.losing_carrier, made.gaining_carrier) == ("Old Telco", "simulated")
    assert made.numbers == tuple(asked.numbers)
    assert (made.attach_over, made.signature_modes) == (3, ("electronic",))
    assert form_for(asked, account) == made


def test_the_letter_of_return_swaps_the_carriers_and_what_is_theirs() -> None:
    asked = request(policy={"loa_template": "us_toll_free"}, numbers=[*NUMBERS])
    particulars = {"losing_resp_org": "JYT01", "gaining_resp_org": "QIT02"}
    alone: dict[str, Any] = {
        "porting_code": "D124",
        "identifiers": {NUMBERS[0]: "01PEROY4P4TR"},
        "kept_numbers": ["+12125550199"],
        "ceased_numbers": ["+12125550198"],
        "cancels_contract": True,
    }
    back = form_for(asked, ACCOUNT, kind="rollback", numbers=NUMBERS[:2], **alone, **particulars)
    assert (back.losing_carrier, back.gaining_carrier) == ("simulated", "Old Telco")
    assert (back.losing_resp_org, back.gaining_resp_org) == ("QIT02", "JYT01")
    assert back.numbers == NUMBERS[:2]
    assert [getattr(back, name) for name in alone] == ["", {}, (), (), None]
    there = form_for(asked, ACCOUNT, **alone, **particulars)
    assert (there.losing_resp_org, there.gaining_resp_org) == ("JYT01", "QIT02")
    assert [getattr(there, name) for name in alone] == [
        "D124",
        alone["identifiers"],
        ("+12125550199",),
        ("+12125550198",),
        True,
    ]


def test_a_letter_is_only_about_numbers_of_its_order() -> None:
    asked = request(numbers=[*NUMBERS])
    with pytest.raises(ValueError, match=r"has \+13125550100, which order .* does not move"):
        form_for(asked, ACCOUNT, numbers=[NUMBERS[0], "+13125550100"])
    with pytest.raises(ValueError, match="at least 1 item"):
        form_for(asked, ACCOUNT, numbers=[])


@pytest.mark.parametrize(
    ("modes", "accepted", "rule"),
    [
        (["wet", "electronic"], (SignatureMode.WET, SignatureMode.ELECTRONIC), "A stamp"),
        (["electronic", "wet"], (SignatureMode.WET, SignatureMode.ELECTRONIC), "A stamp"),
        (["electronic"], (SignatureMode.ELECTRONIC,), "A stamp"),
        (["wet"], (SignatureMode.WET,), "Sign by hand, in ink"),
        ([], (), ""),
    ],
)
def test_the_letter_says_how_it_may_be_signed(modes: list[str], accepted: tuple[str, ...], rule: str) -> None:
    found = accepted_modes(POLICY.model_copy(update={"signature_modes": modes}))
    assert found == accepted
    said = form(signature_modes=found).signature_rule
    assert said.startswith(rule)
    assert bool(said) is bool(rule)


def test_a_signature_mode_that_does_not_exist_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"US-LOCAL has 'ink'.* Use wet or electronic"):
        accepted_modes(POLICY.model_copy(update={"signature_modes": ["ink"]}))


NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def signature(**given: Any) -> ElectronicSignature:
    fields = {
        "signer": "Ada",
        "signed_on": NOON.date(),
        "signed_at": NOON,
        "consent": "I agree.",
        "form_sha256": "0" * 64,
    }
    return ElectronicSignature(**{**fields, **given})


@pytest.mark.parametrize(
    ("signed_on", "signed_at", "possible"),
    [
        (date(2026, 11, 22), NOON, True),
        (date(2026, 11, 23), NOON, True),
        (date(2026, 11, 21), NOON, True),
        (date(2026, 11, 24), NOON, False),
        (date(2026, 11, 20), NOON, False),
        (date(2026, 11, 20), datetime(2026, 11, 21, 5, 0, tzinfo=timezone(timedelta(hours=14))), True),
        (date(2026, 11, 23), datetime(2026, 11, 22, 1, 0, tzinfo=timezone(timedelta(hours=14))), False),
    ],
)
def test_the_date_on_the_letter_is_the_day_of_signing_somewhere(
    signed_on: date, signed_at: datetime, possible: bool
) -> None:
    if possible:
        assert signature(signed_on=signed_on, signed_at=signed_at).signed_on == signed_on
    else:
        with pytest.raises(ValueError, match="is not the day"):
            signature(signed_on=signed_on, signed_at=signed_at)


UNSIGNED = {
    "nobody": ({"signer": " "}, "signer"),
    "no consent": ({"consent": ""}, "consent"),
    "naive moment": ({"signed_at": NOON.replace(tzinfo=None)}, "timezone"),
    "no hash": ({"form_sha256": "0" * 63}, "form_sha256"),
    "drawn without a drawing": ({"method": "drawn"}, "goes with the method"),
    "a drawing with a typed name": ({"method": "typed", "drawing": png()}, "goes with the method"),
    "no method": ({"method": "stamped"}, "method"),
    "not a PNG": ({"method": "drawn", "drawing": b"GIF89a" + bytes(30)}, "is not a PNG"),
    "cut off": ({"method": "drawn", "drawing": png()[:20]}, "is not a PNG"),
    "too wide": ({"method": "drawn", "drawing": png(DRAWING_SIDE + 1, 1)}, "4001 x 1 pixels"),
    "too high": ({"method": "drawn", "drawing": png(1, DRAWING_SIDE + 1)}, "1 x 4001 pixels"),
    "no pixels": ({"method": "drawn", "drawing": png(0, 1)}, "0 x 1 pixels"),
    "too large": ({"method": "drawn", "drawing": png() + bytes(DRAWING_BYTES)}, "at most 262144"),
}


@pytest.mark.parametrize(("given", "words"), UNSIGNED.values(), ids=UNSIGNED)
def test_what_is_no_signature_is_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        signature(**given)


def test_a_signature_survives_json_with_its_drawing_and_keeps_it_out_of_logs() -> None:
    largest = png(DRAWING_SIDE, 1)
    drawn = signature(method="drawn", drawing=largest + bytes(DRAWING_BYTES - len(largest)))
    assert ElectronicSignature.model_validate_json(drawn.model_dump_json()) == drawn
    assert "PNG" not in repr(drawn)


def test_a_form_survives_json() -> None:
    asked = form(signature_modes=("wet",), identifiers={NUMBERS[0]: "01PEROY4P4TR"}, kind="rollback")
    assert LoaForm.model_validate_json(asked.model_dump_json()) == asked
