"""One reason as an order keeps it, and as people read it."""

from __future__ import annotations

import pytest

from portolan.domain.rejections import REASONS, Rejection


def test_what_was_kept_before_is_read_still_and_unknown_fields_are_ignored() -> None:
    old = {"code": "PORT_LOCK", "text": "x", "suggestion": None, "numbers": [], "vendor_code": "7416", "later": 1}
    rejection = Rejection.model_validate(old)
    assert (rejection.code, rejection.vendor_code, rejection.candidates) == ("PORT_LOCK", "7416", [])


def test_what_is_open_is_kept_and_what_is_not_leaves_no_trace() -> None:
    open_one = Rejection(code="OTHER", candidates=["ADDRESS_MISMATCH"])
    assert Rejection.model_validate_json(open_one.model_dump_json()) == open_one
    assert "candidates" not in Rejection(code="PORT_LOCK").model_dump()


@pytest.mark.parametrize("code", ["BRAND_NEW", "", "7401"])
def test_a_code_nobody_knows_counts_as_other_and_is_kept(code: str) -> None:
    rejection = Rejection(code=code)
    assert rejection.reason is REASONS["OTHER"]
    assert rejection.in_words().startswith(f"{code}: ")


def test_another_name_counts_as_what_it_stands_for() -> None:
    assert Rejection(code="NUMBER_INACTIVE").reason is REASONS["TN_INACTIVE"]


def test_in_words_for_the_people_who_handle_the_order() -> None:
    rejection = Rejection(code="NAME_MISMATCH", text="no such name", suggestion="Acme Ltd", vendor_code="7429")
    assert rejection.in_words() == (
        "NAME_MISMATCH: the company or customer name is not the one on the losing carrier's record. "
        "To do: copy the name from the customer service record, character for character. "
        "The record says: 'Acme Ltd'. The carrier wrote: \"no such name\"."
    )
    open_one = Rejection(code="OTHER", vendor_code="7402", candidates=["ADDRESS_MISMATCH", "POSTCODE_MISMATCH"])
    assert open_one.in_words().endswith(" It may be ADDRESS_MISMATCH or POSTCODE_MISMATCH. Its code: 7402.")


@pytest.mark.parametrize("code", REASONS)
def test_a_customer_reads_neither_codes_nor_what_the_carrier_wrote(code: str) -> None:
    words = Rejection(code=code, text="SECRET remark", vendor_code="7401", numbers=["+16175550101"]).for_customer()
    assert words.startswith(REASONS[code].customer)
    assert words.endswith(" This is about +16175550101.")
    assert code not in words
    assert "SECRET" not in words
    assert "7401" not in words


def test_a_customer_reads_what_the_record_says_unless_it_is_a_secret() -> None:
    assert (
        Rejection(code="NAME_MISMATCH", suggestion="Acme Ltd").for_customer().endswith(' They have it as "Acme Ltd".')
    )
    assert "1234" not in Rejection(code="PIN_INVALID", suggestion="1234").for_customer()


def test_the_fields_of_what_is_open_are_those_of_all_it_may_be() -> None:
    assert Rejection(code="OTHER", candidates=["PIN_INVALID", "ADDRESS_MISMATCH", "TN_INACTIVE"]).fields == (
        "pin",
        "service_address",
    )
    assert Rejection(code="ADDRESS_MISMATCH", candidates=["ADDRESS_MISMATCH"]).fields == ("service_address",)
