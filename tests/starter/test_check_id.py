"""`portolan check-id`: what it prints and how it ends."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from starter.cli import app


def run(*words: str, given: str | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["check-id", *words], input=given, env={"COLUMNS": "200"})
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stdout


def test_a_valid_identifier_ends_with_zero() -> None:
    code, out = run("rio", "01P EROY4P 4TR", "06 12 34 56 78")
    assert code == 0
    assert out.splitlines() == [
        "valid:      yes",
        "reason:     The RIO belongs to 0612345678 (quality P, a private mobile line).",
        "normalized: 01PEROY4P4TR",
    ]


def test_an_invalid_one_ends_with_one_and_the_reason() -> None:
    code, out = run("pac", "ABC12345O")
    assert code == 1
    assert out.splitlines()[0] == "valid:      no"
    assert "character 9 is 'O' where a digit belongs. Did you mean ABC123450?" in out


def test_warnings_have_lines_of_their_own() -> None:
    code, out = run("account_number", "OO48l")
    assert code == 0
    assert [line.split(":")[0] for line in out.splitlines()] == ["valid", "reason", "normalized", "warning", "warning"]


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (("resporg", "ABX99"), 1, {"valid": False, "normalized": "ABX99", "warnings": []}),
        (("rio", "01PEROY4P4TR", "+33612345678"), 0, {"valid": True, "normalized": "01PEROY4P4TR", "warnings": []}),
        (("rio", "01PEROY4P4TR", "+33612345679"), 1, {"valid": False, "normalized": "01PEROY4P4TR", "warnings": []}),
        (("pin", "471123"), 0, {"valid": True, "normalized": "", "warnings": []}),
    ],
)
def test_as_json(words: tuple[str, ...], code: int, expected: dict[str, object]) -> None:
    ended, out = run(*words, "--json")
    told = json.loads(out)
    reason = told.pop("reason")
    assert (ended, told) == (code, expected)
    assert reason.endswith(".")
    assert "471123" not in out


def test_a_secret_can_be_given_on_standard_input() -> None:
    code, out = run("pin", "-", given="4711\n")
    assert code == 0
    assert "4711" not in out


@pytest.mark.parametrize("value", ["[bold]x[/bold]", "\x1b[31mred", "[/]"])
def test_nothing_in_a_value_acts_on_the_terminal(value: str) -> None:
    code, out = run("pac", value)
    assert code == 1
    assert "\x1b" not in out
    assert value.upper().replace("\x1b", "") in out


def test_an_unknown_kind_is_a_mistake_of_the_command() -> None:
    done = CliRunner().invoke(app, ["check-id", "rios", "x"], env={"COLUMNS": "200"})
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "did you mean 'rio'?" in done.stderr
