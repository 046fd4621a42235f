"""The operator's file: read strictly, every fault with its line and place."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portolan.domain.errors import ConfigurationError
from portolan.domain.playbooks import Change, Operator
from portolan.playbook_overrides import load
from portolan.settings import Settings

WHO = "by: Grace Hopper, reason: agreed"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "o.yaml"


def read(path: Path, text: str) -> Operator:
    path.write_text(text)
    return load(path)


def faults(path: Path, text: str | bytes) -> list[str]:
    """Every fault of the file, as told."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert caught.value.message.startswith(f"{path} (PORTOLAN_PLAYBOOK_OVERRIDES) cannot be used:\n")
    assert "`portolan playbook CODE`" in caught.value.remedy
    return [line.removeprefix("  - ") for line in caught.value.message.splitlines()[1:]]


def one_value(field: str, typed: str) -> str:
    return f"losing:\n  Old Telco:\n    {field}: {{value: {typed}, {WHO}}}\n"


def test_without_a_file_nothing_is_decided(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    assert load(None) == Operator()
    assert Settings().playbook_overrides is None
    monkeypatch.setenv("PORTOLAN_PLAYBOOK_OVERRIDES", "")
    assert Settings().playbook_overrides is None
    monkeypatch.setenv("PORTOLAN_PLAYBOOK_OVERRIDES", str(path))
    assert Settings().playbook_overrides == path


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "playbooks:\ngaining:\n", "losing: {}\n"])
def test_an_empty_file_decides_nothing(path: Path, text: str) -> None:
    assert read(path, text) == Operator()


def test_what_is_decided_is_found_by_the_names_that_orders_use(path: Path) -> None:
    found = read(
        path,
        f"""
playbooks:
  US-LOCAL:
    rollback_hours: {{value: 48, {WHO}}}
gaining:
  AWS:
    signature_modes: {{value: [wet, electronic], {WHO}}}
losing:
  " Old   TELCO":
    closed_days: {{value: [2026-12-24], {WHO}}}
  Telekom:
    desk_contact: {{value: Ann, {WHO}}}
""",
    )
    assert found == Operator(
        playbooks={"US-LOCAL": {"rollback_hours": Change(48, "Grace Hopper", "agreed", "o.yaml, line 4")}},
        gaining={
            "amazon connect": {
                "signature_modes": Change(["wet", "electronic"], "Grace Hopper", "agreed", "o.yaml, line 7")
            }
        },
        losing={
            "old telco": {"closed_days": Change([date(2026, 12, 24)], "Grace Hopper", "agreed", "o.yaml, line 10")},
            "deutsche telekom": {"desk_contact": Change("Ann", "Grace Hopper", "agreed", "o.yaml, line 12")},
        },
    )


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("cutoff", "13:00", "13:00"),
        ("cutoff", "'00:00'", "00:00"),
        ("desk_contact", "0048", "0048"),
        ("desk_contact", "NO", "NO"),
        ("portable", "no", False),
        ("closed_days", "[]", []),
        ("documents", "[loa, csr]", ["loa", "csr"]),
        ("rollback_basis", "none", "none"),
        ("loa_attachment_over", "1", 1),
        ("lead_business_days", "0", 0),
        ("retention_days", "3650", 3650),
        ("activation_zone", "America/Chicago", "America/Chicago"),
        ("closing_notice_hours", "12", [12]),
        ("closing_notice_hours", "[1, 24]", [24, 1]),
        ("runbook", "[go, foc]", ["go", "foc"]),
        ("gates", "[]", []),
        ("proof", "[service, calls]", ["service", "calls"]),
        ("test_slots", "[30, 15]", [15, 30]),
        ("test_slots", "[]", []),
        ("supplements", "no", False),
        ("win_back_cost", "300", "300"),
    ],
)
def test_values_are_what_was_typed(path: Path, field: str, typed: str, value: Any) -> None:
    assert read(path, one_value(field, typed)).losing["old telco"][field].value == value


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("cutoff", "24:00", "'24:00' is not a time of day: write it like 08:30"),
        ("cutoff", "9:00", "'9:00' is not a time of day"),
        ("cutoff", "[13:00]", "valid string"),
        ("cutoff", "{a: b}", "valid string"),
        ("rollback_hours", "soon", "valid integer"),
        ("rollback_hours", "-1", "greater than or equal to 0"),
        ("rollback_hours", "8761", "less than or equal to 8760"),
        ("portable", "perhaps", "valid boolean"),
        ("closed_days", "[2026-13-01]", "date"),
        ("closed_days", "2026-12-24", "valid list"),
        ("signature_modes", "[]", "at least 1 item"),
        ("signature_modes", "[stamp]", "'wet' or 'electronic'"),
        ("documents", "[letter]", "'loa', 'bill'"),
        ("documents", "[[loa]]", "'loa', 'bill'"),
        ("identifiers", "[ssn]", "'account_number', 'pin'"),
        ("loa_template", "us", "'us_local'"),
        ("rollback_basis", "perhaps", "'snapback'"),
        ("loa_attachment_over", "0", "greater than or equal to 1"),
        ("time_zone", "Mars/Olympus", "IANA"),
        ("activation_zone", "Mars/Olympus", "IANA"),
        ("retention_days", "0", "greater than or equal to 1"),
        ("closing_notice_hours", "[24, 0]", "greater than or equal to 1"),
        ("closing_notice_hours", "soon", "valid integer"),
        ("gates", "[stop]", "'reconciliation', 'foc'"),
        ("gates", "go", "valid list"),
        ("proof", "[]", "at least 1 item"),
        ("proof", "[hope]", "'service', 'independent' or 'calls'"),
        ("test_slots", "[0]", "greater than or equal to 1"),
        ("test_origins", "[moon]", "'mobile', 'landline'"),
        ("test_least_origins", "6", "less than or equal to 5"),
        ("test_checks", "[]", "at least 1 item"),
    ],
)
def test_values_of_the_wrong_kind_are_told(path: Path, field: str, typed: str, words: str) -> None:
    (fault,) = faults(path, one_value(field, typed))
    assert fault.startswith(f"line 3, losing.Old Telco.{field}: cannot be ")
    assert words in fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("playbook:\n  US-LOCAL: {}\n", "line 1, playbook: is not known: did you mean 'playbooks'?"),
        ("zzz: {}\n", "line 1, zzz: is not known: there is playbooks, gaining, losing"),
        ("playbooks:\n  US-LOCALS: {}\n", "line 2, playbooks.US-LOCALS: is not known: did you mean 'US-LOCAL'?"),
        ("playbooks:\n  us-local: {}\n", "line 2, playbooks.us-local: is not known: did you mean 'US-LOCAL'?"),
        ("gaining:\n  telnix: {}\n", "line 2, gaining.telnix: is not known: did you mean 'telnyx'?"),
        ("losing:\n  ' ': {}\n", "line 2, losing. : is not known: there is any name that requests use"),
        (
            f"playbooks:\n  CA:\n    rollback_hour: {{value: 1, {WHO}}}\n",
            "line 3, playbooks.CA.rollback_hour: is not known: did you mean 'rollback_hours'?",
        ),
        (
            f"playbooks:\n  CA:\n    rollback_hours: {{value: 1, {WHO}, note: x}}\n",
            "line 3, playbooks.CA.rollback_hours.note: is not known: there is value, by, reason",
        ),
        ("playbooks: [CA]\n", "line 1, playbooks: has to be a group of `key: value` lines"),
        ("playbooks:\n  CA: yes\n", "line 2, playbooks.CA: has to be a group of `key: value` lines"),
        ("- a\n", "line 1, the file: has to be a group of `key: value` lines"),
        ("playbooks:\n  CA: {}\n  CA: {}\n", "line 3, playbooks.CA: is given twice: keep one"),
        ("playbooks:\n  [CA]: {}\n", "line 2, playbooks.?: is a key that is not plain text"),
        (
            "gaining:\n  aws: {}\n  amazon_connect: {}\n",
            "line 3, gaining.amazon_connect: is here already under another name: put both together",
        ),
    ],
)
def test_what_is_not_known_is_told_with_what_was_meant(path: Path, text: str, fault: str) -> None:
    assert faults(path, text) == [fault]


@pytest.mark.parametrize("name", ["unlawful_refusals", "overridden", "playbook"])
def test_what_nobody_may_decide_is_not_known(path: Path, name: str) -> None:
    (fault,) = faults(path, f"playbooks:\n  CA:\n    {name}: {{value: x, {WHO}}}\n")
    assert fault.startswith(f"line 3, playbooks.CA.{name}: is not known")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{value: 1, reason: x}", "lacks `by`: write who decided"),
        ("{value: 1, by: '', reason: x}", "lacks `by`"),
        ("{value: 1, by: x}", "lacks `reason`: write why"),
        ("{by: x, reason: y}", "lacks `value`: write what it shall be"),
        ("{value: , by: x, reason: y}", "lacks `value`"),
        ("{value: null, by: x, reason: y}", "lacks `value`"),
        ("{value: 1, by: ~, reason: y}", "lacks `by`"),
        ("{value: 1, by: x, reason: '  '}", "lacks `reason`"),
        ("{value: 1, by: [x], reason: y}", "has a `by` that is not text"),
    ],
)
def test_an_entry_says_what_who_and_why(path: Path, entry: str, words: str) -> None:
    (fault,) = faults(path, f"playbooks:\n  CA:\n    rollback_hours: {entry}\n")
    assert fault.startswith(f"line 3, playbooks.CA.rollback_hours: {words}")


def test_a_bare_value_is_no_entry(path: Path) -> None:
    told = faults(path, "playbooks:\n  CA:\n    rollback_hours: 48\n")
    assert told[0] == "line 3, playbooks.CA.rollback_hours: has to be a group of `key: value` lines"


@pytest.mark.parametrize(
    ("code", "field", "loose", "strict"),
    [
        ("NG-MOB", "rollback_hours", "24", "0"),
        ("US-TF", "loa_max_age_days", "31", "29"),
        ("US-LOCAL-SIMPLE", "cutoff", "15:00", "13:00"),
        ("FR-FIX", "identifiers", "[account_number]", "[rio, account_number]"),
        ("US-LOCAL", "inadvertent_unlimited", "no", "yes"),
    ],
)
def test_a_rule_is_not_loosened(path: Path, code: str, field: str, loose: str, strict: str) -> None:
    (fault,) = faults(path, f"playbooks:\n  {code}:\n    {field}: {{value: {loose}, {WHO}}}\n")
    assert fault.startswith(f"line 3, playbooks.{code}.{field}: cannot be ")
    assert f"{code} has " in fault
    assert " by rule (" in fault
    assert read(path, f"playbooks:\n  {code}:\n    {field}: {{value: {strict}, {WHO}}}\n").playbooks[code][field]


def test_all_faults_come_at_once_in_the_order_of_the_file(path: Path) -> None:
    told = faults(
        path,
        f"""losing:
  Old:
    cutoff: {{value: late, {WHO}}}
gaining:
  telnix: {{}}
playbooks:
  NG-MOB:
    rollback_hours: {{value: 24, {WHO}}}
    cutoff: {{value: 12:00}}
""",
    )
    assert [fault.partition(",")[0] for fault in told] == ["line 3", "line 5", "line 8", "line 9", "line 9"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"a: [1\n", "the file: is not YAML: "),
        (b"a: b: c\n", "line 1, the file: is not YAML: "),
        (b"\xff\xfe\xfa\n", "the file: is not UTF-8 text"),
        (b"a: \x01\n", "the file: is not YAML: "),
        (b"[" * 5000, "the file: is not YAML: "),
        (b"#" * 1_000_001, "the file: is larger than 1 MB"),
    ],
)
def test_what_is_no_yaml_is_told(path: Path, raw: bytes, words: str) -> None:
    (fault,) = faults(path, raw)
    assert words in fault


def test_a_file_that_is_not_there_or_is_a_folder_is_told(tmp_path: Path) -> None:
    for place in (tmp_path / "nowhere.yaml", tmp_path):
        with pytest.raises(ConfigurationError, match="the file: cannot be read"):
            load(place)


def test_a_byte_order_mark_means_nothing(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + one_value("cutoff", "13:00").encode())
    assert load(path).losing["old telco"]["cutoff"].value == "13:00"


WORDS = st.sampled_from(
    [
        "playbooks",
        "gaining",
        "losing",
        "US-LOCAL",
        "telnyx",
        "rollback_hours",
        "value",
        "by",
        "reason",
        "48",
        "[",
        "{",
        ": ",
        "\n",
        "  ",
        "- ",
        "*a",
        "&a ",
        "<<",
        "}",
        "]",
        "é",
        "'",
    ]
)


@settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(WORDS, max_size=25).map("".join))
def test_any_text_is_decisions_or_faults_and_never_a_crash(path: Path, text: str) -> None:
    path.write_text(text)
    try:
        found: object = load(path)
    except ConfigurationError as error:
        found = error
    assert isinstance(found, Operator) or "\n  - " in str(found)
