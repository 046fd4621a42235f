"""`portolan rejections`: codes and words explained; no server, no records."""

from __future__ import annotations

from pathlib import Path

import pytest

from portolan.domain.rejections import REASONS, VENDORS
from tests.starter.commands import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, "127.0.0.1:1")


def test_all_reasons_are_listed(home: Home) -> None:
    listed = home.ok("rejections")
    assert all(f"{code} " in listed for code in REASONS)
    assert [found["code"] for found in home.told("rejections")] == list(REASONS)


@pytest.mark.parametrize("name", ["PIN_INVALID", "pin"])
def test_one_reason_is_explained_by_any_of_its_names(home: Home, name: str) -> None:
    told = home.ok("rejections", name)
    assert told.startswith("PIN_INVALID\n")
    assert REASONS["PIN_INVALID"].cure in told
    assert home.told("rejections", name)["wait"] == {"least": 0, "most": 0, "unit": "business day"}


def test_a_vendors_code_is_explained(home: Home) -> None:
    told = home.ok("rejections", "7401", "--vendor", "Bandwidth")
    assert told.startswith("ACCOUNT_NUMBER_MISMATCH\n")
    assert "their code 7401" in told
    (found,) = home.told("rejections", "7402", "--vendor", "bandwidth")
    assert (found["code"], found["candidates"]) == ("OTHER", ["ADDRESS_MISMATCH", "POSTCODE_MISMATCH"])
    (found,) = home.told("rejections", "7402", "--vendor", "bandwidth", "--text", "8D: zip")
    assert (found["code"], found["reason"]["field"]) == ("POSTCODE_MISMATCH", "postal_code")


def test_a_code_that_a_vendor_does_not_have_counts_as_other_and_is_said_to_be_unknown(home: Home) -> None:
    done = home.run("rejections", "74010", "--vendor", "bandwidth")
    assert (done.code, done.out.splitlines()[0]) == (0, "OTHER")
    assert done.err == "74010 is not among the known codes of bandwidth; whatever is unknown counts as OTHER.\n"


def test_a_vendors_codes_are_listed(home: Home) -> None:
    assert "TN_INACTIVE" in home.ok("rejections", "--vendor", "wbci")
    assert home.told("rejections", "--vendor", "uk-npor")["06"] == ["BTN_MISMATCH"]


def test_a_text_is_read(home: Home) -> None:
    text = 'The name should be "Acme [bold] Ltd". TN +16175550101 is inactive.'
    told = home.ok("rejections", "--text", text)
    assert "record     Acme [bold] Ltd" in told
    assert "numbers    +16175550101" in told
    assert [found["code"] for found in home.told("rejections", "--text", text)] == ["NAME_MISMATCH", "TN_INACTIVE"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["7401"], "It is a code of bandwidth: portolan rejections 7401 --vendor bandwidth"),
        (["nonsense"], "`portolan rejections` lists the reasons."),
        (["x", "--vendor", "y"], f"Vendors: {', '.join(VENDORS)}."),
        (["PIN_INVALID", "--text", "wrong PIN"], "Give one of both, or a --vendor."),
    ],
)
def test_what_is_refused_says_what_to_do(home: Home, words: list[str], said: str) -> None:
    assert said in home.refused("rejections", *words)
    done = home.run("rejections", *words, "--json")
    assert (done.code, done.json["error"]["remedy"]) == (1, said)
