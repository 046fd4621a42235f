"""Who signs: initials, order of names, pet names, and people the record does not know."""

from __future__ import annotations

import pytest

from tests.domain.reconciliation.forms import marked, only, told

JANE = "Jane A. Smith"


@pytest.mark.parametrize(
    ("loa", "category"),
    [
        ("Jane Smith", "TOKEN_MISSING"),
        ("Smith", "TOKEN_MISSING"),
        ("Jane A Smith", "PUNCTUATION"),
        ("J. A. Smith", "DIFFERENT"),
        ("J A Smith", "DIFFERENT"),
        ("Jane Ann Smith", "DIFFERENT"),
        ("Jane B. Smith", "DIFFERENT"),
        ("Janet A. Smith", "DIFFERENT"),
        ("Jane A. Smyth", "DIFFERENT"),
        ("Jnae A. Smith", "TRANSPOSITION"),
        ("Smith, Jane A.", "TOKEN_ORDER"),
        ("Smith Jane A.", "TOKEN_ORDER"),
        ("Smith, Jane", "TOKEN_ORDER"),
        ("Ms Jane A. Smith", "TOKEN_EXTRA"),
        ("Jane A. Smith Jr.", "TOKEN_EXTRA"),
        ("Jane A. Smith, CEO", "TOKEN_EXTRA"),
        ("Jane A. Smith-Jones", "TOKEN_EXTRA"),
        ("Robert Jones", "SIGNER_NOT_ON_CSR"),
        ("Robert A. Smith", "SIGNER_NOT_ON_CSR"),
        ("Kate A. Smith", "SIGNER_NOT_ON_CSR"),
        ("Jane A. Jones", "SIGNER_NOT_ON_CSR"),
        ("Jane Jones", "SIGNER_NOT_ON_CSR"),
        ("Jane A. Ѕmith", "CONFUSABLE"),
        ("Jané A. Smith", "DIACRITIC"),
    ],
)
def test_a_signer_is_compared_with_the_record(loa: str, category: str) -> None:
    assert told("authorized_person", loa, JANE) == (category, "blocking")


@pytest.mark.parametrize(
    ("loa", "csr"),
    [
        ("Bob Jones", "Robert Jones"),
        ("Robert Jones", "Bob Jones"),
        ("Rob Jones", "Robert Jones"),
        ("Bill Gates", "William Gates"),
        ("Liz Windsor", "Elizabeth Windsor"),
        ("R. Jones", "Robert Jones"),
        ("Chris Jones", "Christopher Jones"),
        ("Maximilian Muster", "Max Muster"),
        ("Bob R. Jones", "Robert Jones"),
        ("Bob", "Robert Jones"),
    ],
)
def test_a_pet_name_or_an_initial_is_not_the_name_on_record(loa: str, csr: str) -> None:
    assert told("authorized_person", loa, csr) == ("DIFFERENT", "blocking")


@pytest.mark.parametrize(
    ("loa", "csr"), [("Liz Jones", "Robert Jones"), ("S. Jones", "Robert Jones"), ("Al Jones", "Ed Jones")]
)
def test_somebody_else_of_that_name(loa: str, csr: str) -> None:
    assert told("authorized_person", loa, csr) == ("SIGNER_NOT_ON_CSR", "blocking")


@pytest.mark.parametrize("loa", ["JANE A. SMITH", "Jane  A. Smith", "Jane A. Smith "])
def test_letter_case_and_spaces_stop_nobody(loa: str) -> None:
    found = told("authorized_person", loa, JANE)
    assert found is not None
    assert found[1] == "info"


def test_anybody_the_record_authorizes_may_sign() -> None:
    others = {"authorized_persons": ["Robert Jones", "Ada Byron"]}
    assert told("authorized_person", "Ada Byron", JANE, **others) is None
    assert told("authorized_person", "ADA BYRON", JANE, **others) == ("CASE_ONLY", "info")
    assert told("authorized_person", JANE, JANE, **others) is None
    assert told("authorized_person", "Grace Hopper", JANE, **others) == ("SIGNER_NOT_ON_CSR", "blocking")
    assert told("authorized_person", "Ada Byron", "", **others) is None
    assert told("authorized_person", "Ada Byron", JANE, authorized_persons="Robert Jones; Ada Byron") is None


def test_the_nearest_name_is_suggested() -> None:
    others = {"authorized_persons": ["Robert Jones"]}
    found = only("authorized_person", "Bob Jones", JANE, **others)
    assert (found.category, found.csr_value, found.suggestion) == ("DIFFERENT", "Robert Jones", "Robert Jones")
    assert marked(found) == ("Bob", "Robert")
    stranger = only("authorized_person", "Grace Hopper", JANE, **others)
    assert stranger.suggestion == JANE


def test_a_name_on_record_in_decomposed_form_is_suggested_as_it_is() -> None:
    found = only("authorized_person", "Rene Smith", "Rene\u0301 Smith")
    assert (found.category, found.suggestion, found.csr_value) == ("DIACRITIC", "Rene\u0301 Smith", "René Smith")


def test_nobody_signs_or_nobody_is_on_record() -> None:
    assert told("authorized_person", "", JANE) == ("TOKEN_MISSING", "blocking")
    assert told("authorized_person", "", "", authorized_persons=["Ada Byron"]) == ("TOKEN_MISSING", "blocking")
    assert told("authorized_person", "Anybody", "") is None
