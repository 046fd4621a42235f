"""Typesetting by typst: the same data gives the same bytes on every machine and every day.

Nothing of the machine goes in: only the fonts inside typst are used, the date of the file is given, and what is
printed reaches the templates as JSON data, so that no name or address is ever read as markup. The files are PDF/A-2a
(they are kept for years) and PDF/UA-1 (a screen reader can read them); the former refuses to leave a character
unprinted.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import typst

_STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
_PROBE = "portolan.documents.letters"


@cache
def _fonts() -> typst.Fonts:
    """The fonts that typst brings, and none of the machine's."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def typeset(package: str, template: str, sheet: dict[str, Any], written_at: int) -> bytes:
    """A PDF.

    Args:
        package: The package in whose folder `templates` the template lies.
        template: Its name, without the ending.
        sheet: What it prints; it reads it from the input `sheet`.
        written_at: The date of the file, in seconds since the beginning of Unix time.

    Raises:
        typst.TypstError: The fonts lack a character, or the template is at fault.
    """
    with as_file(files(package) / "templates") as templates:
        return typst.compile(
            str(templates / f"{template}.typ"),
            root=str(templates),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"sheet": json.dumps(sheet)},
            format="pdf",
            pdf_standards=_STANDARDS,
            timestamp=written_at,
        )


def lacking(text: str) -> bool:
    """Whether the fonts lack a character of the text."""
    if text.isascii() and text.isprintable():
        return False
    try:
        typeset(_PROBE, "probe", {"text": text}, 0)
    except typst.TypstError:
        return True
    return False
