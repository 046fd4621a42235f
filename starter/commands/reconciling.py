"""Reconciling: a letter of authorization against the customer service record, before any carrier sees it."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from rich.cells import cell_len
from rich.text import Text

from portolan.domain.errors import PortolanError
from portolan.domain.reconciliation import Difference, Report, Severity, Verdict, report
from portolan.domain.reconciliation.characters import shown_plainly
from portolan.domain.reconciliation.model import Span
from portolan.domain.reconciliation.number_lists import FIELD as NUMBERS
from portolan.numbering import COUNTRIES, parse
from starter import typed_yaml
from starter.commands.base import AsJson, app, command
from starter.output import err, out, print_json
from starter.text_files import read_text

_EXIT = {Verdict.CLEAN: 0, Verdict.REVIEW: 1, Verdict.BLOCKED: 2}
_COLOUR = {Verdict.CLEAN: "green", Verdict.REVIEW: "yellow", Verdict.BLOCKED: "red"}
_SEVERITY_COLOUR = {Severity.INFO: "cyan", Severity.WARN: "yellow", Severity.BLOCKING: "red"}
_LABEL_WIDTH = 10

Form = dict[str, Any]
FormFile = Annotated[Path | None, typer.Option(help="JSON or YAML: flat fields of text, `numbers` a list.")]


@app.command()
@command
async def reconcile(
    csr: FormFile = None,
    loa: FormFile = None,
    cases: Annotated[
        Path | None, typer.Option(help="Many at once: a JSON object a line, with `id`, `csr` and `loa`.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare a letter of authorization with the losing carrier's record, character by character.

    Exit code: 0 clean, 1 to be looked at, 2 would be rejected. With --cases: 0 where every line could be read.
    """
    if cases and not (csr or loa):
        _reconcile_cases(cases, as_json)
    elif csr and loa and not cases:
        found = compare(_form(loa), _form(csr))
        if as_json:
            print_json(as_data(found))
        else:
            _print(found)
        raise typer.Exit(_EXIT[found.verdict])
    else:
        raise PortolanError("There is nothing to compare.", "Give --csr FILE and --loa FILE, or --cases FILE alone.")


def compare(loa: Mapping[str, Any], csr: Mapping[str, Any]) -> Report:
    """A letter against a record, numbers read as in the country whose code either side writes."""
    return report(loa, csr, e164=reader(loa, csr))


def reader(*forms: Mapping[str, Any]) -> Callable[[str], str | None]:
    """What reads the numbers of some forms into E.164.

    A number without a country code is one of the country the forms name, or else of the one most numbers with a code
    are of.
    """
    named = [code for form in forms if (code := str(form.get("country", "")).strip().upper()) in COUNTRIES]
    written = [text for form in forms for text in _numbers(form)]
    seen = Counter(number[1] for text in written if (number := _parsed(text, None)))
    country = next(iter([*named, *(code for code, _ in seen.most_common(1))]), None)

    def e164(text: str) -> str | None:
        number = _parsed(text, country)
        return number[0] if number else None

    return e164


@lru_cache(maxsize=4096)
def _parsed(text: str, country: str | None) -> tuple[str, str] | None:
    try:
        number = parse(text, country)
    except ValueError:
        return None
    return number.e164, number.country


def _numbers(form: Mapping[str, Any]) -> Iterator[str]:
    numbers = form.get("numbers") or []
    yield from [numbers] if isinstance(numbers, str) else map(str, numbers)
    if form.get("btn"):
        yield str(form["btn"])


def as_data(found: Report) -> dict[str, Any]:
    """A report as JSON has it."""
    return {"verdict": found.verdict, "differences": [_difference_as_data(one) for one in found.differences]}


def _difference_as_data(one: Difference) -> dict[str, Any]:
    return {
        "field": one.field,
        "category": one.category,
        "severity": one.severity,
        "loa_span": one.loa_span,
        "csr_span": one.csr_span,
        "spans": {"loa": one.loa_span, "csr": one.csr_span},
        "explanation": one.explanation,
        "suggestion": one.suggestion,
        "also": [
            {
                "category": other.category,
                "severity": other.severity,
                "loa_span": other.loa_span,
                "csr_span": other.csr_span,
            }
            for other in one.also
        ],
    }


# -- reading ------------------------------------------------------------------------------------------------------


def _form(path: Path) -> Form:
    """The fields of one side.

    Raises:
        PortolanError: The file cannot be read, or is no form; the message says where.
    """
    try:
        text = read_text(path)
        if path.suffix.lower() == ".json":
            return _checked(_json(text))
        read = typed_yaml.read(text)
        if read.faults:
            raise ValueError("; ".join(map(str, read.faults)))
        return _checked(read.data)
    except ValueError as error:
        raise PortolanError(f"{path}: {error}.") from None


def _json(text: str) -> object:
    """JSON whose numbers are the characters typed."""
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, character {error.colno}" if error.lineno > 1 else f"character {error.colno}"
        raise ValueError(f"cannot be read as JSON: {error.msg} ({where})") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if twice:
        raise ValueError(f"{twice[0]!r} is given twice: keep one")
    return dict(pairs)


def _checked(data: object) -> Form:
    if not isinstance(data, dict) or not data:
        raise ValueError("holds no fields: write them as `entity_name: Acme Limited`, one a line, or as a JSON object")
    for field, value in data.items():
        texts = value if isinstance(value, list) else [value]
        if any(not isinstance(text, str | None) for text in texts):
            raise ValueError(f"{field!r} is neither a text nor a list of texts: write it in quotation marks")
    return data


class _Case(NamedTuple):
    name: str
    loa: Form
    csr: Form


def _case(line: str, number: int) -> _Case:
    data = _json(line)
    if not isinstance(data, dict):
        raise ValueError('is no JSON object: write {"id": ..., "csr": {...}, "loa": {...}}')
    sides = []
    for side in ("loa", "csr"):
        if side not in data:
            raise ValueError(f"has no {side!r}")
        try:
            sides.append(_checked(data[side]))
        except ValueError as error:
            raise ValueError(f"{side!r}: {error}") from None
    return _Case(str(data.get("id", number)), *sides)


# -- many at once -------------------------------------------------------------------------------------------------


def _reconcile_cases(path: Path, as_json: bool) -> None:
    try:
        lines = read_text(path).split("\n")
    except ValueError as error:
        raise PortolanError(f"{path}: {error}.") from None
    unread = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            case = _case(line, number)
        except ValueError as error:
            unread += 1
            _tell_unread(path, number, str(error), as_json)
            continue
        found = compare(case.loa, case.csr)
        if as_json:
            _print_line({"id": case.name, **as_data(found)})
        else:
            _print_case(case.name, found)
    if unread:
        raise typer.Exit(1)


def _tell_unread(path: Path, number: int, why: str, as_json: bool) -> None:
    if as_json:
        _print_line({"line": number, "error": why})
    err.print(Text.assemble(("error:", "bold red"), f" {path}, line {number}: {shown_plainly(why)}"))


def _print_line(value: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n")


def _print_case(name: str, found: Report) -> None:
    said = ", ".join(f"{one.field} {one.category} ({one.severity})" for one in found.differences)
    line = Text(f"{shown_plainly(name)}: ").append(found.verdict, style=_COLOUR[found.verdict])
    out.print(line.append(f"  {said}" if said else ""))


# -- for people ---------------------------------------------------------------------------------------------------


def _print(found: Report) -> None:
    """Each difference with both texts, what differs in them marked by style and by carets."""
    count = len(found.differences)
    line = Text(found.verdict, style=f"bold {_COLOUR[found.verdict]}")
    out.print(line.append(f": {count} difference{'' if count == 1 else 's'}" if count else ": nothing differs", ""))
    for one in found.differences:
        out.print()
        out.print(Text.assemble((one.field, "bold"), "  ", one.category, "  ", (one.severity, _style(one))))
        if one.loa_value or one.csr_value:
            loa_spans = [one.loa_span, *(other.loa_span for other in one.also)]
            csr_spans = [one.csr_span, *(other.csr_span for other in one.also)]
            _print_marked("LOA", one.loa_value, loa_spans, _style(one))
            _print_marked("record", one.csr_value, csr_spans, _style(one))
        out.print(Text(f"  {one.explanation}"))
        if one.remedy:
            out.print(Text(f"  {one.remedy}"))
        if one.remedy and one.suggestion is not None and one.field != NUMBERS:
            out.print(Text(f"  Write: {shown_plainly(one.suggestion)}"))


def _style(one: Difference) -> str:
    return _SEVERITY_COLOUR[one.severity]


def _print_marked(label: str, text: str, spans: Sequence[Span], style: str) -> None:
    """A text, and carets under all that differs; one where something is missing."""
    line, carets = Text(f"  {label:{_LABEL_WIDTH - 2}}"), Text(" " * _LABEL_WIDTH)
    at = 0
    for start, end in _apart(spans):
        before, marked = shown_plainly(text[at:start]), shown_plainly(text[start:end])
        line.append(before).append(marked, style=f"bold reverse {style}")
        carets.append(" " * (_LABEL_WIDTH + cell_len(line.plain[_LABEL_WIDTH:]) - cell_len(marked) - len(carets)))
        carets.append("^" * max(cell_len(marked), 1), style=style)
        at = end
    out.print(line.append(shown_plainly(text[at:])))
    out.print(carets)


def _apart(spans: Sequence[Span]) -> list[Span]:
    """From left to right, those that touch as one."""
    runs: list[Span] = []
    for start, end in sorted(spans):
        if runs and start <= runs[-1][1]:
            runs[-1] = runs[-1][0], max(end, runs[-1][1])
        else:
            runs.append((start, end))
    return runs
