"""`portolan reconcile`: a letter against a record, from files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from starter.commands.reconciling import reader
from tests.starter.commands import Home

CSR: dict[str, Any] = {
    "entity_name": "Acme UK Limited",
    "authorized_person": "Jane A. Smith",
    "service_address": "12 Harbor Street, Boston, MA",
    "postal_code": "02110",
    "account_number": "00482",
    "btn": "+12175550100",
    "numbers": ["+12175550100", "+12175550101"],
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, "127.0.0.1:1")


def write(home: Home, name: str, form: Any) -> Path:
    path = home.folder / name
    dump = json.dumps if name.endswith(".json") else yaml.safe_dump
    path.write_text(form if isinstance(form, str) else dump(form), encoding="utf-8")
    return path


def sides(home: Home, **changes: Any) -> list[object]:
    loa, csr = write(home, "loa.json", {**CSR, **changes}), write(home, "csr.json", CSR)
    return ["reconcile", "--csr", csr, "--loa", loa]


@pytest.mark.parametrize(
    ("changes", "code", "verdict"),
    [
        ({}, 0, "clean"),
        ({"entity_name": "ACME UK LIMITED"}, 0, "clean"),
        ({"btn": "(217) 555-0100", "numbers": ["217-555-0101", "217-555-0100"]}, 0, "clean"),
        ({"numbers": ["+12175550100"]}, 1, "review"),
        ({"entity_name": "Acme UK Ltd"}, 2, "blocked"),
    ],
)
def test_the_exit_code_is_the_verdict(home: Home, changes: dict[str, Any], code: int, verdict: str) -> None:
    done = home.run(*sides(home, **changes), "--json")
    assert (done.code, done.json["verdict"], done.err) == (code, verdict, "")
    told = home.run(*sides(home, **changes))
    assert (told.code, told.err) == (code, "")
    assert told.out.startswith(verdict)


def test_the_json_of_a_difference(home: Home) -> None:
    (found,) = home.run(*sides(home, entity_name="Acme UK Ltd"), "--json").json["differences"]
    explanation = found.pop("explanation")
    assert '"Ltd" (characters 9 to 11) on the LOA' in explanation
    assert found == {
        "field": "entity_name",
        "category": "COMPANY_SUFFIX_FORM",
        "severity": "blocking",
        "loa_span": [8, 11],
        "csr_span": [8, 15],
        "spans": {"loa": [8, 11], "csr": [8, 15]},
        "suggestion": "Acme UK Limited",
        "also": [],
    }


def test_what_else_differs_has_its_own_spans_in_the_json(home: Home) -> None:
    (found,) = home.run(*sides(home, entity_name="ACME UK, Ltd"), "--json").json["differences"]
    assert (found["category"], found["loa_span"], found["csr_span"]) == ("COMPANY_SUFFIX_FORM", [9, 12], [8, 15])
    assert found["also"] == [
        {"category": "PUNCTUATION", "severity": "blocking", "loa_span": [7, 8], "csr_span": [7, 7]},
        {"category": "CASE_ONLY", "severity": "info", "loa_span": [0, 4], "csr_span": [0, 4]},
    ]


def test_carets_mark_what_differs(home: Home) -> None:
    lines = home.run(*sides(home, entity_name="Acme UK Ltd")).out.splitlines()
    loa = next(index for index, line in enumerate(lines) if line.startswith("  LOA"))
    assert lines[loa : loa + 4] == [
        "  LOA     Acme UK Ltd",
        "                  ^^^",
        "  record  Acme UK Limited",
        "                  ^^^^^^^",
    ]
    assert "  Write: Acme UK Limited" in lines


def test_carets_mark_all_that_differs(home: Home) -> None:
    lines = home.run(*sides(home, entity_name="ACME UK, Ltd")).out.splitlines()
    loa = next(index for index, line in enumerate(lines) if line.startswith("  LOA"))
    assert lines[loa : loa + 4] == [
        "  LOA     ACME UK, Ltd",
        "          ^^^^   ^ ^^^",
        "  record  Acme UK Limited",
        "          ^^^^   ^^^^^^^^",
    ]


def test_carets_stand_under_wide_and_hidden_characters(home: Home) -> None:
    csr = write(home, "csr.json", {"city": "東京 West"})
    loa = write(home, "loa.json", {"city": "東京 We\u200bst"})
    lines = home.run("reconcile", "--csr", csr, "--loa", loa).out.splitlines()
    assert "  LOA     東京 We<U+200B>st" in lines
    assert " " * 17 + "^" * 8 in lines
    assert " " * 17 + "^" in lines


def test_nothing_to_say(home: Home) -> None:
    assert home.ok(*sides(home)) == "clean: nothing differs\n"


def test_what_stays_behind_is_not_suggested_as_a_text(home: Home) -> None:
    told = home.run(*sides(home, numbers=["+12175550100"])).out
    assert "Confirm that they stay behind" in told
    assert "Write:" not in told


def test_secrets_are_not_printed(home: Home) -> None:
    csr = write(home, "csr.json", {"pin": "582037"})
    loa = write(home, "loa.yaml", "pin: 731946\n")
    for form in ((), ("--json",)):
        done = home.run("reconcile", "--csr", csr, "--loa", loa, *form)
        assert done.code == 2
        assert "pin" in done.out
        assert "582037" not in done.out + done.err
        assert "731946" not in done.out + done.err


def test_yaml_is_read_as_the_characters_typed(home: Home) -> None:
    loa = write(
        home,
        "loa.yaml",
        "entity_name: Acme UK Limited\nauthorized_person: Jane A. Smith\n"
        "service_address: 12 Harbor Street, Boston, MA\npostal_code: 02110\n"
        "account_number: 00482\nbtn: +12175550100\nnumbers: [+12175550100, 217-555-0101]\n",
    )
    assert home.told("reconcile", "--csr", write(home, "csr.json", CSR), "--loa", loa)["verdict"] == "clean"


def test_numbers_in_json_keep_their_characters(home: Home) -> None:
    csr = write(home, "csr.json", '{"account_number": 1e400, "postal_code": 62701}')
    loa = write(home, "loa.json", {"account_number": "1e400", "postal_code": "62701"})
    assert home.told("reconcile", "--csr", csr, "--loa", loa)["differences"] == []


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("loa.json", "{", "cannot be read as JSON"),
        ("loa.json", '{\n"a": 1,\n}', "(line 3, character 1)"),
        ("loa.json", "[1]", "holds no fields"),
        ("loa.json", "{}", "holds no fields"),
        ("loa.json", '{"entity_name": true}', "'entity_name' is neither a text nor a list of texts"),
        ("loa.json", '{"numbers": [{}]}', "'numbers' is neither"),
        ("loa.json", '{"a": "1", "a": "2"}', "'a' is given twice"),
        ("loa.json", "[" * 100_000, "nested too deeply"),
        ("loa.yaml", "a: [", "cannot be read as YAML"),
        ("loa.yaml", "a: 1\na: 2\n", "is given twice"),
        ("loa.yaml", "entity_name: {a: b}", "'entity_name' is neither"),
        ("loa.yaml", "   ", "is empty"),
    ],
)
def test_a_file_that_is_no_form_is_refused(home: Home, name: str, text: str, words: str) -> None:
    csr, loa = write(home, "csr.json", CSR), write(home, name, text)
    said = home.refused("reconcile", "--csr", csr, "--loa", loa)
    assert words in said
    assert name in said


def test_a_file_that_is_missing_is_refused(home: Home) -> None:
    csr = write(home, "csr.json", CSR)
    assert "does not exist" in home.refused("reconcile", "--csr", csr, "--loa", home.folder / "none.yaml")
    done = home.run("reconcile", "--csr", csr, "--loa", home.folder / "none.yaml", "--json")
    assert (done.code, "does not exist" in done.json["error"]["message"]) == (1, True)


@pytest.mark.parametrize("given", [(), ("--csr",), ("--loa",), ("--cases", "--csr"), ("--cases", "--csr", "--loa")])
def test_what_to_compare_has_to_be_said(home: Home, given: tuple[str, ...]) -> None:
    path = write(home, "csr.json", CSR)
    words = [word for option in given for word in (option, path)]
    assert "--csr FILE and --loa FILE, or --cases FILE" in home.refused("reconcile", *words)


# -- many at once -------------------------------------------------------------------------------------------------


def case(name: str, **changes: Any) -> str:
    return json.dumps({"id": name, "csr": CSR, "loa": {**CSR, **changes}, "verdict": "?"}, ensure_ascii=False)


def test_many_cases_one_result_a_line(home: Home) -> None:
    lines = [case("same"), "", case("form", entity_name="Acme UK Ltd"), case("part", numbers=["+12175550100"])]
    path = write(home, "cases.jsonl", "\n".join(lines) + "\n")
    done = home.run("reconcile", "--cases", path, "--json")
    results = [json.loads(line) for line in done.out.splitlines()]
    assert (done.code, done.err) == (0, "")
    assert [(one["id"], one["verdict"]) for one in results] == [
        ("same", "clean"),
        ("form", "blocked"),
        ("part", "review"),
    ]
    assert results[1]["differences"][0]["spans"] == {"loa": [8, 11], "csr": [8, 15]}
    assert home.ok("reconcile", "--cases", path).splitlines() == [
        "same: clean",
        "form: blocked  entity_name COMPANY_SUFFIX_FORM (blocking)",
        "part: review  numbers TN_MISSING (warn)",
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "is no JSON object"),
        ('{"id": "x", "csr": {"a": "b"}}', "has no 'loa'"),
        ('{"loa": {"a": "b"}}', "has no 'csr'"),
        ('{"loa": {"a": "b"}, "csr": []}', "'csr': holds no fields"),
        ('{"loa": {"a": 1.5, "b": false}, "csr": {"a": "b"}}', "'b' is neither"),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_the_others_are_judged(home: Home, line: str, words: str) -> None:
    path = write(home, "cases.jsonl", "\n".join([case("first"), line, case("last")]))
    done = home.run("reconcile", "--cases", path, "--json")
    first, bad, last = (json.loads(one) for one in done.out.splitlines())
    assert (done.code, first["id"], last["id"], bad["line"]) == (1, "first", "last", 2)
    assert words in bad["error"]
    told = home.run("reconcile", "--cases", path)
    assert told.code == 1
    assert "line 2" in told.err
    assert words in told.err
    assert told.out.splitlines() == ["first: clean", "last: clean"]


def test_a_line_ends_where_the_file_says_so(home: Home) -> None:
    """Other characters that end lines elsewhere belong to the text."""
    path = write(home, "cases.jsonl", case("a", entity_name="Acme\u2028UK\x85Limited"))
    (line,) = home.ok("reconcile", "--cases", path, "--json").splitlines()
    assert json.loads(line)["differences"][0]["category"] == "WHITESPACE_ONLY"


def test_half_a_character_does_not_break_the_output(home: Home) -> None:
    text = '{"id": "\\ud800", "csr": {"entity_name": "Acme"}, "loa": {"entity_name": "Ac\\udc00me"}}'
    path = write(home, "cases.jsonl", text)
    assert json.loads(home.ok("reconcile", "--cases", path, "--json"))["verdict"] == "blocked"
    assert "blocked" in home.ok("reconcile", "--cases", path)


def test_cases_without_a_name_are_called_by_their_line(home: Home) -> None:
    path = write(home, "cases.jsonl", '\n{"csr": {"city": "A"}, "loa": {"city": "A"}}\n')
    assert home.ok("reconcile", "--cases", path) == "2: clean\n"
    assert "is empty" in home.refused("reconcile", "--cases", write(home, "empty.jsonl", " "))


# -- reading numbers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loa", "csr", "text", "expected"),
    [
        ({"numbers": ["0117 496 0123"]}, {"numbers": ["+441174960123"]}, "0117 496 0123", "+441174960123"),
        ({"btn": "+49 30 23125123"}, {"btn": "030 23125123"}, "030 23125123", "+493023125123"),
        ({"country": "fr"}, {}, "01 99 00 12 34", "+33199001234"),
        ({"numbers": "+12175550100"}, {}, "(217) 555-0100", "+12175550100"),
        ({}, {}, "0117 496 0123", None),
        ({}, {}, "+441174960123", "+441174960123"),
        ({"country": "Atlantis"}, {}, "0117 496 0123", None),
        ({"numbers": None}, {"numbers": []}, "see attached", None),
    ],
)
def test_numbers_are_read_as_in_the_country_of_the_others(
    loa: dict[str, Any], csr: dict[str, Any], text: str, expected: str | None
) -> None:
    assert reader(loa, csr)(text) == expected
