"""What holds for any text."""

from __future__ import annotations

import unicodedata
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from portolan.domain.reconciliation import Also, Category, Difference, Severity, Verdict, reconcile, report
from portolan.domain.reconciliation.addresses import po_box
from portolan.domain.reconciliation.characters import same_but_case
from portolan.domain.reconciliation.lexing import visible
from portolan.domain.reconciliation.model import rank, severity_rank
from tests.domain.reconciliation.forms import CSR, LOA

bounded = settings(derandomize=True, database=None, deadline=None, max_examples=300)

FIELDS = ["entity_name", "authorized_person", "service_address", "postal_code", "account_number", "btn", "city"]
PIECES = (
    "Acme Ltd Limited G.m.b.H. & and North N. Street St. Suite # 400 12-14 12 5th Fifth Müller Mueller O'Brien O’Brien "
    "Аcme PO Box , . - – ( ) é ß SS ss ﬁ ＡＣ 00482 Floor 3rd C/ Hauptstr. Hauptstraße ՕՏ İ ı ªº 1/2 Co. KG "
    "\u200b \xa0 e\u0301 \ufeff \u202e \ud800 \t"
)
pieces = st.sampled_from(PIECES.split(" "))
texts = st.one_of(
    st.text(max_size=30),
    st.text(st.characters(), max_size=12),
    st.lists(pieces, max_size=8).map(" ".join),
    st.lists(pieces, max_size=8).map("".join),
)
fields = st.sampled_from(FIELDS)
_GRAVITY = list(Verdict)
STORED = (Category.UNICODE_NORMALISATION, Severity.INFO)


def has_text(text: str) -> bool:
    return bool(visible(text).text.strip())


def storable(text: str) -> bool:
    return not any(unicodedata.category(char) == "Cs" for char in text)


@bounded
@given(texts, fields)
def test_a_text_agrees_with_itself(text: str, field: str) -> None:
    found = reconcile({field: text}, {field: text})
    boxed = field == "service_address" and po_box(unicodedata.normalize("NFC", text)) is not None
    assert [one.category for one in found] == (["PO_BOX"] if boxed else [])


@bounded
@given(texts, texts, fields)
def test_other_texts_are_told_and_can_be_kept(loa: str, csr: str, field: str) -> None:
    found = [one for one in reconcile({field: loa}, {field: csr, "billing_address": loa[::-1]}) if one.field == field]
    if loa != csr and has_text(loa) and has_text(csr):
        assert len(found) == 1
    for one in found:
        assert 0 <= one.loa_span[0] <= one.loa_span[1] <= len(one.loa_value)
        assert 0 <= one.csr_span[0] <= one.csr_span[1] <= len(one.csr_value)
        assert one.explanation
        one.model_dump_json()
        one.in_words().encode()


@bounded
@given(texts, texts, fields)
def test_the_suggestion_is_the_record_itself(loa: str, csr: str, field: str) -> None:
    for one in reconcile({field: loa}, {field: csr}):
        if field == "service_address" and po_box(unicodedata.normalize("NFC", csr)):
            assert one.suggestion is None
        elif one.field == field:
            assert one.suggestion == (csr if storable(csr) else None)


def lossless(text: str) -> str:
    """What is left when one looks past what carriers' systems do not tell apart; spaces at the cut do not count."""
    return "".join(visible(text).text.split())


def without(text: str, spans: list[tuple[int, int]]) -> str:
    """The text but for what is marked."""
    cut = {place for start, end in spans for place in range(start, end)}
    return "".join(char for place, char in enumerate(text) if place not in cut)


@bounded
@given(texts, texts, st.sampled_from([field for field in FIELDS if field != "btn"]))
def test_outside_the_spans_both_texts_agree(loa: str, csr: str, field: str) -> None:
    for one in reconcile({field: loa}, {field: csr}):
        if one.field != field or not has_text(loa) or one.category == "PO_BOX":
            continue
        # How letters are stored no longer shows in composed form.
        everything: list[Difference | Also] = [one, *one.also]
        marked = [each for each in everything if (each.category, each.severity) != STORED]
        left = without(one.loa_value, [each.loa_span for each in marked])
        its_left = without(one.csr_value, [each.csr_span for each in marked])
        assert same_but_case(lossless(left), lossless(its_left))


@bounded
@given(texts, texts, fields)
def test_what_is_named_is_the_first_of_all_and_the_severity_the_worst(loa: str, csr: str, field: str) -> None:
    for one in reconcile({field: loa}, {field: csr}):
        ranks = [rank(one.category), *(rank(other.category) for other in one.also)]
        assert ranks == sorted(ranks)
        assert all(severity_rank(other.severity) <= severity_rank(one.severity) for other in one.also)
        for other in one.also:
            assert 0 <= other.loa_span[0] <= other.loa_span[1] <= len(one.loa_value)
            assert 0 <= other.csr_span[0] <= other.csr_span[1] <= len(one.csr_value)


@bounded
@given(
    st.lists(pieces.filter(lambda piece: piece.isprintable()), min_size=2, max_size=8).filter(all),
    st.sampled_from(["  ", "\xa0", " \t ", "\n"]),
    st.sampled_from(["entity_name", "authorized_person", "service_address", "account_number", "city"]),
)
def test_spaces_of_another_width_are_only_that(words: list[str], space: str, field: str) -> None:
    csr = " ".join(words)
    if field == "service_address" and (po_box(csr) or space == "\n"):
        return
    for one in reconcile({field: csr.replace(" ", space)}, {field: csr}):
        assert (one.category, one.severity) == ("WHITESPACE_ONLY", "info")


@bounded
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12), st.integers(0, 11), texts)
def test_one_replaced_character_lies_in_the_span(text: str, place: int, other: str) -> None:
    """Codes are marked to the character."""
    text = unicodedata.normalize("NFC", text)
    place = min(place, len(text) - 1)
    changed = text[:place] + ("7" if text[place] != "7" else "8") + text[place + 1 :]
    if unicodedata.normalize("NFC", changed) != changed or not has_text(text):
        return
    (found,) = reconcile({"account_number": changed}, {"account_number": text})
    assert any(start <= place < end for start, end in (found.loa_span, *(other.loa_span for other in found.also)))


@bounded
@given(st.dictionaries(fields, texts), fields, texts)
def test_one_more_difference_never_betters_the_verdict(given_: dict[str, str], field: str, text: str) -> None:
    before = report({**LOA, **given_}, CSR)
    agreeing = {name: value for name, value in given_.items() if name != field}
    equal = report({**LOA, **agreeing}, CSR)
    worse = report({**LOA, **agreeing, field: text}, CSR)
    assert _GRAVITY.index(worse.verdict) >= _GRAVITY.index(equal.verdict)
    assert before.verdict in _GRAVITY
    assert {one.field for one in worse.differences} >= {one.field for one in equal.differences} - {field}


@bounded
@given(
    st.lists(st.sampled_from(["+12175550100", "217-555-0100", "2175550100", "+441174960123", "0117 496 0123", "x", ""]))
)
def test_a_list_agrees_with_itself_in_any_order(numbers: list[str]) -> None:
    for other in (numbers, numbers[::-1], sorted(numbers)):
        assert all(one.category == "TN_FORMAT" for one in reconcile({"numbers": other}, {"numbers": numbers}))
    assert reconcile({"numbers": numbers}, {"numbers": numbers}) == []


@bounded
@given(
    st.text(min_size=1).filter(lambda text: text.strip()),
    st.text(min_size=1).filter(lambda text: text.strip()),
    st.sampled_from(["pin", "passcode", "ssn4", "transfer_pin", "rio"]),
)
def test_a_secret_is_in_no_output(loa: str, csr: str, field: str) -> None:
    """What is said does not depend on the secret at all."""
    found: list[Any] = reconcile({field: loa}, {field: csr})
    sample = reconcile({field: "731946"}, {field: "582037"})
    assert found in ([], sample)
    assert all(one.severity is Severity.BLOCKING for one in found)
