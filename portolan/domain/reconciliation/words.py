"""What two words, or words without a counterpart, amount to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from portolan.domain.reconciliation.characters import key, misread, mixed_scripts, quoted, unmasked, writing
from portolan.domain.reconciliation.lexing import Token
from portolan.domain.reconciliation.model import Category, Severity, rank


class Judgement(NamedTuple):
    """The kind of a difference, what more can be said, and its severity where it is not the category's own."""

    category: Category
    note: str = ""
    severity: Severity | None = None


#: A form of so few letters is mistyped only by others: one more or less makes another word.
_SHORT = 2
#: One space more or less where a sign already divides the words.
SPACE_AT_A_SIGN = Judgement(Category.WHITESPACE_ONLY, "a space before or after a sign", Severity.WARN)


def categories(mine: Token, its: Token) -> list[Category] | None:
    """How two words differ that are the same in another writing; None where they are not the same."""
    found = writing(mine.bare, its.bare)
    common = [category for family, category in mine.families.items() if family in its.families]
    if common and found is None:
        masked = (unmasked(mine.bare) == mine.bare) != (unmasked(its.bare) == its.bare)
        unit = mine.role == its.role == "unit" and Category.ABBREVIATION_UNIT in common
        abbreviated = Category.ABBREVIATION_UNIT if unit else common[0]
        return [Category.CONFUSABLE, abbreviated] if masked else [abbreviated]
    if found is None and mine.role == its.role == "unit number" and mine.key == its.key:
        found = [Category.ABBREVIATION_UNIT]
    if found is None and key(letters(mine.bare)) == key(letters(its.bare)):
        found = [Category.PUNCTUATION] if "".join(mine.bare.split()) != "".join(its.bare.split()) else []
    if found is None or mine.text.endswith(".") == its.text.endswith("."):
        return found
    return [*found, Category.COMPANY_SUFFIX_FORM if mine.role == its.role == "form" else Category.PUNCTUATION]


def judge_pair(mine: Token, its: Token) -> Judgement:
    """What it amounts to that one word stands where the other should."""
    found = categories(mine, its)
    if found is not None:
        return Judgement(min(found, key=rank, default=Category.WHITESPACE_ONLY))
    one, other = key(mine.bare), key(its.bare)
    if swapped(one, other):
        return Judgement(Category.TRANSPOSITION)
    if mixed_scripts(mine.bare) != mixed_scripts(its.bare):
        return Judgement(Category.CONFUSABLE, "letters of several alphabets in one word")
    return Judgement(Category.DIFFERENT, slip(one, other))


def judge_words(extra: Sequence[Token], missing: Sequence[Token], matched: int = 0) -> Judgement:
    """What words amount to that only the LOA (`extra`) or only the record (`missing`) has, in any text."""
    if not (extra and missing):
        return Judgement(Category.TOKEN_EXTRA if extra else Category.TOKEN_MISSING)
    whole = joined(extra, missing)
    if whole:
        return whole
    if len(extra) != len(missing):
        return Judgement(Category.DIFFERENT)
    return first(judge_pair(mine, its) for mine, its in zip(extra, missing, strict=True))


def judge_company(extra: Sequence[Token], missing: Sequence[Token], matched: int) -> Judgement:
    """The same for the name of a company, whose form counts apart from the rest."""
    whole = joined(extra, missing)
    if whole:
        return whole
    typed = _mistyped_form(extra, missing)
    if typed is None:
        return _judge_form(extra, missing)
    judged, left, lacking = typed
    return first([judged, _judge_form(left, lacking)]) if left or lacking else judged


def _judge_form(extra: Sequence[Token], missing: Sequence[Token]) -> Judgement:
    forms, its_forms = ([token for token in tokens if token.role == "form"] for tokens in (extra, missing))
    words, its_words = ([token for token in tokens if token.role != "form"] for tokens in (extra, missing))
    found = [judge_words(words, its_words)] if words or its_words else []
    if forms and its_forms:
        same = forms[-1].families.keys() & its_forms[-1].families.keys()
        found.append(Judgement(Category.COMPANY_SUFFIX_FORM if same else Category.COMPANY_SUFFIX_DIFFERENT))
    elif its_forms:
        found.append(Judgement(Category.COMPANY_SUFFIX_MISSING, _besides(words, its_words)))
    elif forms:
        found.append(Judgement(Category.TOKEN_EXTRA, "the record has no form of company here"))
    return first(found)


def _besides(words: Sequence[Token], its_words: Sequence[Token]) -> str:
    """What differs besides a form that is missing; empty where nothing does."""
    lacks, has = (quoted(" ".join(token.text for token in tokens)) for tokens in (its_words, words))
    told = [f"it lacks {lacks}, too"] if its_words else []
    return "; ".join([*told, f"it has {has} besides"] if words else told)


def _mistyped_form(
    extra: Sequence[Token], missing: Sequence[Token]
) -> tuple[Judgement, Sequence[Token], Sequence[Token]] | None:
    """Where words stand for the other side's form with one slip ("Liimted"): what it is, and the words left over."""
    for tokens, others, ours in ((extra, missing, True), (missing, extra, False)):
        form = next((token for token in reversed(others) if token.role == "form"), None)
        found = _slipped(tokens, key(letters(form.bare))) if form else None
        if found:
            judged, start, end = found
            left = [*tokens[:start], *tokens[end:]]
            lacking = [token for token in others if token is not form]
            return (judged, left, lacking) if ours else (judged, lacking, left)
    return None


def _slipped(tokens: Sequence[Token], form: str) -> tuple[Judgement, int, int] | None:
    """The last words [start, end) that are a form but for one slip, and what the slip is."""
    for start in range(len(tokens) - 1, -1, -1):
        written = ""
        for end in range(start + 1, len(tokens) + 1):
            written += key(letters(tokens[end - 1].bare))
            if len(written) > len(form) + 1:
                break
            if all(token.role == "form" for token in tokens[start:end]):
                continue
            if len(written) != len(form) and len(form) <= _SHORT:
                continue
            if swapped(written, form):
                return Judgement(Category.TRANSPOSITION), start, end
            if hint := slip(written, form):
                return Judgement(Category.DIFFERENT, hint), start, end
    return None


def first(found: Iterable[Judgement]) -> Judgement:
    """The one that is named."""
    return min(found, key=lambda judged: rank(judged.category))


def joined(extra: Sequence[Token], missing: Sequence[Token]) -> Judgement | None:
    """Whether the same letters are only divided into words otherwise: `OBrien` and `O'Brien`, `Northstar`."""
    if len(extra) == len(missing) or not (extra and missing):
        return None
    mine, its = (tokens[0].text + "".join(one.signs + one.text for one in tokens[1:]) for tokens in (extra, missing))
    if key(letters(mine)) != key(letters(its)):
        return None
    if key(mine) != key(its):
        return Judgement(Category.PUNCTUATION)
    return Judgement(Category.SEPARATOR) if letters(mine) == mine else SPACE_AT_A_SIGN


def letters(text: str) -> str:
    """Only the letters and digits of a text."""
    return "".join(char for char in text if char.isalnum())


def swapped(one: str, other: str) -> bool:
    """Whether two neighbouring characters have changed places, and nothing else (Damerau's transposition)."""
    if len(one) != len(other):
        return False
    places = [place for place, (mine, its) in enumerate(zip(one, other, strict=True)) if mine != its]
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    at, after = places
    return one[at] == other[after] and one[after] == other[at]


def slip(one: str, other: str) -> str:
    """A hint where one character makes the difference, or look-alikes do; empty where more does.

    Letter case is looked past, but it counts for what looks alike: `l` is taken for 1, `L` is not.
    """
    if len(one) == len(other):
        pairs = [(mine, its) for mine, its in zip(one, other, strict=True) if mine.upper() != its.upper()]
        if pairs and all(misread(*pair) for pair in pairs):
            return "easily misread: O and 0, or I, l and 1"
        return "one character differs" if len(pairs) == 1 else ""
    if one.lower().replace("rn", "m") == other.lower().replace("rn", "m"):
        return "easily misread: rn and m"
    short, long = sorted((one.upper(), other.upper()), key=len)
    if len(long) == len(short) + 1 and _one_more(short, long):
        return "one character more or less"
    return ""


def _one_more(short: str, long: str) -> bool:
    at = next((place for place, (mine, its) in enumerate(zip(short, long, strict=False)) if mine != its), len(short))
    return short[at:] == long[at + 1 :]
