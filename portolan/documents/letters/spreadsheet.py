"""The spreadsheet that a letter attaches when it has too many numbers; the same form gives the same bytes."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.xml.functions import tostring

from portolan.domain.loa import LoaForm

#: Office files and ZIP entries want dates; a form has none, so these stand for "not recorded".
_NO_DATE = datetime(1980, 1, 1)  # noqa: DTZ001 (openpyxl takes naive UTC)
_CORE = "docProps/core.xml"


def spreadsheet(form: LoaForm) -> bytes:
    """An XLSX workbook: a heading, then one row for each number in the order of the form, everything as text.

    Beside the number stand the identifier, where the form has any, and the two RespOrg IDs, where they are known.
    """
    columns: list[tuple[str, list[str]]] = [(form.labels["number"], list(form.numbers))]
    if form.identifiers:
        columns.append((form.labels["identifier"], [form.identifiers.get(number, "") for number in form.numbers]))
    for name in ("losing_resp_org", "gaining_resp_org"):
        if getattr(form, name):
            columns.append((form.labels[name], [getattr(form, name)] * len(form.numbers)))
    workbook = Workbook()
    workbook.properties.creator = "Portolan"
    workbook.properties.title = f"{form.title} {form.order_id}"
    workbook.properties.created = _NO_DATE
    sheet = workbook.worksheets[0]
    sheet.title = "Numbers"
    sheet.freeze_panes = "A2"
    for index, (heading, values) in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = max(20, len(heading) + 2)
        for row, value in enumerate([heading, *values], 1):
            cell = sheet.cell(row, index, value)
            # Text whatever it looks like: a spreadsheet must neither compute it nor round it.
            cell.data_type, cell.number_format = "s", "@"
        sheet.cell(1, index).font = Font(bold=True)
    return _settled(workbook)


def _settled(workbook: Workbook) -> bytes:
    """The file without the moment of its making; stored, not deflated, as compressors differ between machines."""
    made, settled = BytesIO(), BytesIO()
    workbook.save(made)
    workbook.properties.modified = _NO_DATE
    with ZipFile(made) as source, ZipFile(settled, "w", ZIP_STORED) as target:
        for name in source.namelist():
            content = tostring(workbook.properties.to_tree()) if name == _CORE else source.read(name)
            entry = ZipInfo(name, _NO_DATE.timetuple()[:6])
            entry.create_system, entry.external_attr = 3, 0o600 << 16
            target.writestr(entry, content)
    return settled.getvalue()
