"""XML as Bandwidth speaks it: read without entities, network or unbounded depth, and written from plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from lxml import etree

from portolan.domain.text import clean

Element: TypeAlias = etree._Element
#: What an element holds: text, elements by name, or the same element several times.
Value: TypeAlias = "str | bool | int | Element | Mapping[str, Value] | Sequence[Value]"
#: Answers and messages beyond this are not read; an order of 5,000 numbers with an error for each has about 2 MB.
LARGEST = 8_000_000
MEDIA_TYPE = "application/xml; charset=utf-8"


def read(body: bytes) -> Element:
    """The root of a document.

    Raises:
        ValueError: It is no XML, too large, too deep, or has a document type (nothing good comes with one).
    """
    if len(body) > LARGEST:
        raise ValueError(f"more than {LARGEST} bytes")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, LookupError) as error:
        raise ValueError("no XML") from error
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("an XML document with a document type")
    return root


def write(name: str, values: Mapping[str, Value]) -> bytes:
    """A document: a mapping is an element's content, a sequence the same element repeated, an element itself as it is.

    Empty texts are left out.
    """
    root = etree.Element(name)
    _fill(root, values)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _fill(parent: Element, values: Mapping[str, Value]) -> None:
    for name, value in values.items():
        if isinstance(value, etree._Element):
            parent.append(value)
        elif isinstance(value, Mapping):
            _fill(etree.SubElement(parent, name), value)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            for one in value:
                _fill(parent, {name: one})
        elif value != "":
            text = str(value).lower() if isinstance(value, bool) else str(value)
            etree.SubElement(parent, name).text = clean(text)


def child(element: Element, *path: str) -> Element | None:
    """The first element along a path of names, in whatever namespace."""
    return element.find("/".join(f"{{*}}{name}" for name in path))


def children(element: Element, *path: str) -> list[Element]:
    """All elements at the end of a path of names."""
    return element.findall("/".join(f"{{*}}{name}" for name in path))


def words(element: Element, *path: str) -> str:
    """The text at the end of a path, stripped; empty where there is none."""
    found = child(element, *path)
    return (found.text or "").strip() if found is not None else ""


def everywhere(element: Element, *names: str) -> Iterator[Element]:
    """Every element with one of these names, however deep, the element itself included."""
    return element.iter(*(f"{{*}}{name}" for name in names))


def texts(element: Element, *names: str) -> list[str]:
    """The texts of every element with one of these names, however deep, without empty ones."""
    return [text for one in everywhere(element, *names) if (text := (one.text or "").strip())]


def name_of(element: Element) -> str:
    """An element's name without its namespace."""
    return etree.QName(element).localname
