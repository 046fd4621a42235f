"""The numbers to be ported against those on the account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from portolan.domain.reconciliation.findings import storable
from portolan.domain.reconciliation.model import RULES, Category, Difference, Span
from portolan.domain.reconciliation.telephones import Number, Reader, read
from portolan.domain.reconciliation.words import slip, swapped

FIELD = "numbers"
#: So many numbers are named in an explanation.
_NAMED = 5


def compare_lists(loa: Sequence[str], csr: Sequence[str], e164: Reader) -> list[Difference]:
    """The numbers of the LOA against those of the record; their order does not matter.

    One difference each for numbers the record does not list, numbers that stay behind, and numbers written otherwise
    or twice. Its values are the entries it is about, separated by `, `; its spans are the first of them.
    """
    if loa == csr or Counter(loa) == Counter(csr):
        return []
    record = _Record(csr, e164)
    places = [record.find(text) for text in loa]
    extra = [text for text, place in zip(loa, places, strict=True) if place is None]
    listed = set(places)
    missing = [csr[place] for place in record.firsts if place not in listed]
    return [*_extra(extra, missing, e164), *_missing(missing), *_written(loa, csr, places, record)]


class _Record:
    """The numbers of the record, each found by any of its writings.

    Attributes:
        firsts: The places of its entries without those that repeat an earlier one.
    """

    def __init__(self, texts: Sequence[str], e164: Reader) -> None:
        self._e164 = e164
        self._exact: dict[str, int] = {}
        self._international: dict[str, int] = {}
        self._national: dict[str, int] = {}
        self._ends: dict[str, int] = {}
        self.firsts: list[int] = []
        self.counts: Counter[int] = Counter()
        for place, text in enumerate(texts):
            same = self.find(text)
            if same is None:
                self.firsts.append(place)
                self._add(text, place)
            self.counts[place if same is None else same] += 1

    def _add(self, text: str, place: int) -> None:
        self._exact[_plain(text)] = place
        number = read(text, self._e164)
        if number is None:
            return
        if number.international:
            self._international.setdefault(number.digits, place)
        for written in number.national:
            (self._ends if number.international else self._national).setdefault(written, place)

    def find(self, text: str) -> int | None:
        """The place of the same number; None where the record does not list it."""
        place = self._exact.get(_plain(text))
        number = read(text, self._e164) if place is None else None
        if number is None:
            return place
        if number.international:
            return self._international.get(number.digits, _any(number, self._national))
        return _any(number, self._national, self._ends)


def _any(number: Number, *tables: Mapping[str, int]) -> int | None:
    return next((table[written] for table in tables for written in number.national if written in table), None)


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()


def _extra(extra: Sequence[str], missing: Sequence[str], e164: Reader) -> Iterator[Difference]:
    if not extra:
        return
    meant = _typed(extra, missing, e164)
    hints = [f"{one} looks like a typing error for {other}" for one, other in list(meant.items())[:_NAMED]]
    yield _difference(Category.TN_EXTRA, extra, list(meant.values()), hints)


def _missing(missing: Sequence[str]) -> Iterator[Difference]:
    if missing:
        yield _difference(Category.TN_MISSING, [], missing, [])


def _written(
    loa: Sequence[str], csr: Sequence[str], places: Sequence[int | None], record: _Record
) -> Iterator[Difference]:
    """Numbers that are written otherwise than on the record, or more often."""
    known = [(text, place) for text, place in zip(loa, places, strict=True) if place is not None]
    on_record = set(csr)
    otherwise = [(text, csr[place]) for text, place in known if text not in on_record]
    twice = [place for place, count in Counter(place for _, place in known).items() if count > record.counts[place]]
    hints = [f"{csr[place]} is listed more than once" for place in twice[:_NAMED]] if otherwise else []
    if otherwise or twice:
        told = otherwise or [(csr[place], csr[place]) for place in twice]
        meaning = "" if otherwise else "the LOA has it more than once"
        yield _difference(Category.TN_FORMAT, [mine for mine, _ in told], [its for _, its in told], hints, meaning)


def _typed(extra: Sequence[str], missing: Sequence[str], e164: Reader) -> dict[str, str]:
    """For numbers one digit away from one that is missing, that one.

    Two numbers can only be so near if taking one digit out of each leaves the same: that is looked up, not tried.
    """
    near: dict[str, list[str]] = {}
    for text in missing:
        for shortened in _shortened(_digits(text, e164)):
            near.setdefault(shortened, []).append(text)
    found: dict[str, str] = {}
    for text in extra:
        digits = _digits(text, e164)
        candidates = (one for shortened in _shortened(digits) for one in near.get(shortened, ()))
        meant = next((one for one in candidates if _one_slip(digits, _digits(one, e164))), None)
        if meant is not None:
            found[text] = meant
    return found


def _shortened(digits: str) -> Iterable[str]:
    return [digits, *(digits[:at] + digits[at + 1 :] for at in range(len(digits)))]


def _one_slip(one: str, other: str) -> bool:
    return swapped(one, other) or bool(slip(one, other))


def _digits(text: str, e164: Reader) -> str:
    number = read(text, e164)
    return min(number.national, key=len) if number else text


def _difference(
    category: Category, loa: Sequence[str], csr: Sequence[str], hints: Sequence[str], meaning: str = ""
) -> Difference:
    rule = RULES[category]
    about = loa or csr
    named = ", ".join(about[:_NAMED]) + (f" and {len(about) - _NAMED} more" if len(about) > _NAMED else "")
    explanation = f"{named}: {meaning or rule.meaning}" + (f" ({'; '.join(hints)})" if hints else "")
    return Difference(
        field=FIELD,
        category=category,
        severity=rule.severity,
        loa_value=storable(", ".join(loa)),
        csr_value=storable(", ".join(csr)),
        loa_span=_first(loa),
        csr_span=_first(csr),
        explanation=explanation,
        suggestion=", ".join(csr) or None,
    )


def _first(entries: Sequence[str]) -> Span:
    return (0, len(entries[0])) if entries else (0, 0)
