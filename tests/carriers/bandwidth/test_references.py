"""Our reference in Bandwidth's alphabet: there and back, within its length."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portolan.carriers.bandwidth.references import encoded, key, reference

TAKEN = re.compile(r"[A-Za-z0-9 -]{1,40}")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("acme-1:1", "acme-1 1"),
        ("acme-1-split-2:13", "acme-1-split-2 13"),
        ("acme.q1_a:2", "acmeX2eXq1X5fXa 2"),
        ("Ärger:1", "Xc4Xrger 1"),
    ],
)
def test_a_key_is_written_in_their_alphabet(ours: str, theirs: str) -> None:
    assert reference(ours) == theirs
    assert key(theirs) == ours


@given(st.text(min_size=1, max_size=60).filter(lambda text: ":" not in text), st.integers(1, 999))
def test_whatever_fits_comes_back_and_the_rest_is_a_digest(order_id: str, attempt: int) -> None:
    ours = f"{order_id}:{attempt}"
    theirs = reference(ours)
    assert TAKEN.fullmatch(theirs)
    assert reference(ours) == theirs
    assert key(theirs) == (None if theirs.startswith("D ") and len(theirs) == 40 else ours)


@given(st.lists(st.tuples(st.text("ab-_.X", min_size=1, max_size=50), st.integers(1, 12)), min_size=2, unique=True))
def test_two_keys_never_share_a_reference(keys: list[tuple[str, int]]) -> None:
    assert len({reference(f"{order_id}:{attempt}") for order_id, attempt in keys}) == len(keys)


def test_half_a_character_is_none_of_ours() -> None:
    assert key("Xd800X 1") is None


def test_long_ids_are_told_apart_by_their_end() -> None:
    long = "a-very-long-project-reference-of-40-chars-1"
    assert reference(f"{long}:1") != reference(f"{long}:2") != reference(f"{long}-split-1:1")
    assert len(encoded(long)) == 40
    assert key(reference(f"{long}:1")) is None


@given(st.text(max_size=50))
def test_what_others_wrote_is_none_of_ours_or_reads_back(theirs: str) -> None:
    found = key(theirs)
    assert found is None or reference(found) == theirs
