"""A first look at a signed copy that somebody gave: whether it can be used at all, and whether it is the right letter.

A machine sees a wrong file, a wrong name or a missing number; that a signature is there, and whose, only a person sees.
So faults are what makes a copy useless, notes what a person has to look at. A text layer that a scanner made by reading
its own picture has reading errors, so what is missing there is a note, too.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Collection, Iterator
from hashlib import sha256
from io import BytesIO
from typing import Any, NamedTuple

from pypdf import PageObject, PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject

from portolan.documents.letters.render import LetterUnprintable, render
from portolan.documents.store import LARGEST, kind_of
from portolan.domain.loa import LoaForm

MOST_PAGES = 50
#: Scanner programs put a line of their own on a scan; with fewer letters and digits than this it is no text layer.
LEAST_TEXT = 100
_MOST_OBJECTS = 100_000
_MOST_NAMED = 5

#: Keys and actions with which a PDF does something, or carries something, when it is opened.
_ACTIVE_KEYS = {
    "/JS": "JavaScript",
    "/JavaScript": "JavaScript",
    "/AA": "actions that run by themselves",
    "/EmbeddedFiles": "embedded files",
    "/EF": "embedded files",
    "/RichMediaContent": "media",
    "/XFA": "an XFA form",
}
_ACTIVE_ACTIONS = {
    "/JavaScript": "JavaScript",
    "/Launch": "an action that starts a program",
    "/SubmitForm": "an action that sends data",
    "/ImportData": "an action that loads data",
    "/GoToE": "embedded files",
    "/Rendition": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/RichMediaExecute": "media",
}
#: Operators that leave something on the page: text, lines, areas, shadings, pictures (ISO 32000-1, annex A).
_MARKS = frozenset(b"Tj TJ ' \" S s f F f* B B* b b* sh Do".split()) | {b"INLINE IMAGE"}
_INVISIBLE = 3  # text rendering mode: how a scanner's text layer is written
#: Country codes, for numbers that a carrier's own form has in national writing.
_CALLING_CODES = {"US": "1", "CA": "1", "GB": "44", "DE": "49", "FR": "33", "NG": "234"}
_BETWEEN_DIGITS = r"[\s().\-‐‑–/]*"


class Inspection(NamedTuple):
    """What was found.

    Attributes:
        media_type: Empty where it is no kind of document that is taken.
        pages: 0 where they cannot be counted.
        has_text: There is text to compare with.
        faults: Why it cannot be used, each with what to do.
        notes: What a person has to look at.
    """

    media_type: str
    pages: int
    has_text: bool
    faults: list[str]
    notes: list[str]


class _Page(NamedTuple):
    text: str
    blank: bool
    read_by_machine: bool


def inspect(content: bytes, form: LoaForm | None = None, unsigned: Collection[str] = ()) -> Inspection:
    """Look at a file given as a signed copy.

    Args:
        form: The letter it should be; without it only the file itself is judged.
        unsigned: SHA-256 of forms that were given out to be signed, apart from the one `form` gives today.
    """
    media_type = kind_of(content) or ""
    found = Inspection(media_type, 0, False, [], [])
    if not media_type:
        found.faults.append("It is neither a PDF nor a PNG, JPEG or TIFF picture: give the scan as one of these.")
    elif len(content) > LARGEST:
        found.faults.append(f"It is larger than {LARGEST // 2**20} MB: scan it at a lower resolution.")
    elif sha256(content).hexdigest() in {*unsigned, *_form_as_given(form)}:
        found.faults.append("This is the form itself, unsigned: give the copy with signature and date.")
    elif media_type == "application/pdf":
        found = _inspect_pdf(content, found, form)
    else:
        found = _inspect_picture(content, found)
    if found.pages > MOST_PAGES:
        found.faults.append(f"It has {found.pages} pages: give the letter alone, at most {MOST_PAGES}.")
    return found


def _form_as_given(form: LoaForm | None) -> list[str]:
    try:
        return [sha256(render(form).pdf).hexdigest()] if form else []
    except LetterUnprintable:
        return []


def _inspect_picture(content: bytes, found: Inspection) -> Inspection:
    endings = {"image/png": b"IEND", "image/jpeg": b"\xff\xd9"}
    # A thumbnail inside a picture has an ending, too, but comes early.
    if endings.get(found.media_type, b"") not in content[len(content) // 2 :]:
        found.faults.append("The picture is cut off: give the whole file.")
        return found
    pages = _tiff_pages(content) if found.media_type == "image/tiff" else 1
    if not pages:
        found.faults.append("The picture cannot be read: scan it again.")
    found.notes.append("It is a picture: a person has to compare name, address, numbers, signature and date.")
    return found._replace(pages=pages)


def _tiff_pages(content: bytes) -> int:
    """Pages of a TIFF: the length of its chain of directories; 0 where the chain leads out of the file or around."""
    order = "<" if content.startswith(b"II") else ">"
    pages, seen = 0, set[int]()
    try:
        (at,) = struct.unpack_from(f"{order}I", content, 4)
        while at and at not in seen:
            seen.add(at)
            (entries,) = struct.unpack_from(f"{order}H", content, at)
            (at,) = struct.unpack_from(f"{order}I", content, at + 2 + 12 * entries)
            pages += 1
    except struct.error:
        return 0
    return 0 if at else pages


def _inspect_pdf(content: bytes, found: Inspection, form: LoaForm | None) -> Inspection:
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted:
            found.faults.append("It is encrypted: give it without a password and without restrictions.")
            return found
        count = len(reader.pages)
        found = found._replace(pages=count)
        if count == 0:
            found.faults.append("It has no pages: give the signed letter.")
        if not 0 < count <= MOST_PAGES:
            return found
        active = sorted(set(_active(reader)))
        pages = [_look_at(page, reader) for page in reader.pages]
        seals = len(_signature_fields(reader))
    except Exception as error:  # the bytes are anybody's, and pypdf's parsers raise what comes
        found.faults.append(f"It is not a readable PDF ({type(error).__name__}): print it to PDF again, or scan it.")
        return found
    if active:
        found.faults.append(f"It has {', '.join(active)}: print it to PDF again, so that it has nothing but pages.")
    blank = [str(number) for number, page in enumerate(pages, 1) if page.blank]
    if len(blank) == count:
        found.faults.append("It is blank: give the signed letter.")
        return found
    if blank:
        found.notes.append(f"Blank: page {', '.join(blank)}.")
    text = "\n".join(page.text for page in pages)
    found = found._replace(has_text=sum(map(str.isalnum, text)) >= LEAST_TEXT)
    if not found.has_text:
        found.notes.append("It has no text: a person has to compare name, address, numbers, signature and date.")
    elif form:
        read_by_machine = any(page.read_by_machine for page in pages)
        (found.notes if read_by_machine else found.faults).extend(_missing(text, form, read_by_machine))
    if seals:
        found.notes.append(f"It has {seals} digital signature(s): a PDF reader shows whose.")
    elif found.has_text:
        found.notes.append("Whether it is signed and dated, a person has to see.")
    return found


def _active(reader: PdfReader) -> Iterator[str]:
    """What active content any object of the file has, whether or not a page leads to it."""
    numbers = {number: generation for generation, objects in reader.xref.items() for number in objects}
    numbers |= dict.fromkeys(reader.xref_objStm, 0)
    if len(numbers) > _MOST_OBJECTS:
        yield f"more than {_MOST_OBJECTS} objects"
        return
    for number, generation in numbers.items():
        yield from _active_in(reader.get_object(IndirectObject(number, generation, reader)))


def _active_in(value: Any) -> Iterator[str]:
    """The same of one object and what lies in it; what it only refers to has its own turn."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, DictionaryObject):
            yield from (_ACTIVE_KEYS[key] for key in value if key in _ACTIVE_KEYS)
            action = value.raw_get("/S") if "/S" in value else None
            if isinstance(action, str) and action in _ACTIVE_ACTIONS:
                yield _ACTIVE_ACTIONS[action]
            waiting.extend(value.raw_get(key) for key in value)
        elif isinstance(value, ArrayObject):
            waiting.extend(list.__iter__(value))


def _look_at(page: PageObject, reader: PdfReader) -> _Page:
    contents = page.get_contents()
    operations = ContentStream(contents, reader).operations if contents is not None else []
    invisible = any(operator == b"Tr" and operands == [_INVISIBLE] for operands, operator in operations)
    blank = not any(operator in _MARKS for _, operator in operations)
    return _Page(page.extract_text(), blank, invisible)


def _signature_fields(reader: PdfReader) -> list[Any]:
    fields = (reader.get_fields() or {}).values()
    return [field for field in fields if field.get("/FT") == "/Sig" and field.get("/V") is not None]


def _missing(text: str, form: LoaForm, read_by_machine: bool) -> Iterator[str]:
    """What the text of a copy lacks; the account's names, and the numbers or what the letter says in their place."""
    remedy = "compare it on the scan" if read_by_machine else "check that this is the right letter, as it stands now"
    names = {form.labels[key]: getattr(form.account, key) for key in ("entity_name", "authorized_person")}
    for label, name in names.items():
        if name.strip() and not _names(text, name):
            yield f"{label} is not {name!r} in its text: {remedy}."
    absent = [number for number in form.numbers if not _numbered(text, number, form.country)]
    if form.attached and absent:
        absent = [number for number in (form.first, form.last) if number in absent]
        if not _names(text, form.labels["see_attached"]):
            yield f"{form.labels['see_attached']!r} is not in its text, nor are all numbers: {remedy}."
    if absent:
        more = f" and {len(absent) - _MOST_NAMED} more" if len(absent) > _MOST_NAMED else ""
        yield f"Not in its text: {', '.join(absent[:_MOST_NAMED])}{more}: {remedy}."


def _names(text: str, name: str) -> bool:
    """Whether a name is in the text as a whole, whatever its case and line breaks.

    Out of a PDF come the words of right-to-left scripts in the order of the eye, and letters whose marks are drawn
    apart (as in Yoruba) more than once. For such names it is enough that every word is found, marks and order aside.
    """
    text, words = _folded(text), _folded(name).split()
    whole = r"\s*".join(re.escape(char) for word in words for char in word)
    if re.search(rf"(?<!\w){whole}(?!\w)", text):
        return True
    unsteady = any(unicodedata.combining(char) or unicodedata.bidirectional(char) in {"R", "AL"} for char in name)
    return unsteady and all(_bare(word) in _bare(text) for word in words)


def _folded(text: str) -> str:
    """Without case and invisible characters, which some fonts put where they are not."""
    visible = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFC", visible).casefold()


def _bare(text: str) -> str:
    """Without marks and repetitions."""
    letters = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return re.sub(r"(.)\1+", r"\1", letters)


def _numbered(text: str, number: str, country: str) -> bool:
    """Whether a number is in the text, as E.164 or in a national writing."""
    if re.search(rf"{re.escape(number)}(?!\d)", text):
        return True
    code = _CALLING_CODES.get(country, "")
    if not code or not number.startswith(f"+{code}"):
        code = ""
    international, national = (_BETWEEN_DIGITS.join(digits) for digits in (code, number[1 + len(code) :]))
    prefix = rf"(?:{international}|0)?{_BETWEEN_DIGITS}" if code else ""
    return re.search(rf"(?<!\d){prefix}{national}(?!\d)", text) is not None
