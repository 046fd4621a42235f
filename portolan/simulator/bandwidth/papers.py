"""What goes with a port-in at Bandwidth: letters, notes, history."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from starlette.responses import Response

from portolan.carriers.bandwidth import xml
from portolan.simulator.bandwidth.orders import Orders
from portolan.simulator.bandwidth.views import DRAFTS
from portolan.simulator.bandwidth.words import answer, error, is_free, missing, moment, read, refuse
from portolan.simulator.engine import Simulator
from portolan.simulator.facade import Call, Operation, Refused
from portolan.simulator.orders import PortOrder

KINDS = frozenset({"LOA", "INVOICE", "CSR", "OTHER"})
LARGEST, LONGEST_NOTE = 3_000_000, 500
FREE_LETTERS = frozenset({"application/pdf", "image/tiff"})
MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "application/pdf": ".pdf",
        "image/tiff": ".tiff",
        "image/jpeg": ".jpg",
        "image/png": ".png",
        "text/plain": ".txt",
        "text/csv": ".csv",
    }
)
NO_USER, NO_TEXT = "12501", "12502"
DESK = "porting-desk"


class Papers:
    """The calls about them."""

    def __init__(self, simulator: Simulator, orders: Orders) -> None:
        self._simulator, self._orders = simulator, orders

    def operations(self) -> list[Operation]:
        """All of them."""
        one = "/accounts/{account}/portins/{id}"
        file = f"{one}/loas/{{file}}"
        return [
            Operation("ListPortinLoas", "GET", f"{one}/loas", self.files),
            Operation("UploadPortinLoa", "POST", f"{one}/loas", self.upload),
            Operation("ReplacePortinLoa", "PUT", file, self.replace),
            Operation("DeletePortinLoa", "DELETE", file, self.drop),
            Operation("GetPortinLoaMetadata", "GET", f"{file}/metadata", self.metadata),
            Operation("UpdatePortinLoaMetadata", "PUT", f"{file}/metadata", self.describe),
            Operation("ListPortinNotes", "GET", f"{one}/notes", self.notes),
            Operation("CreatePortinNote", "POST", f"{one}/notes", self.note),
            Operation("GetPortinHistory", "GET", f"{one}/history", self.history),
        ]

    def files(self, call: Call) -> Response:
        """The files of an order, with what is said of them where `metadata` is asked for."""
        files = self._orders.found(call).fields["files"]
        described = call.asked("metadata").lower() == "true"
        data: list[xml.Value] = [
            {"FileName": each["file"], **({"FileMetaData": _described(each)} if described else {})} for each in files
        ]
        told: dict[str, xml.Value] = {"resultCode": 0, "resultMessage": "LOA file list successfully returned"}
        return answer("fileListResponse", {"fileCount": len(files), "fileData": data, **told})

    def upload(self, call: Call) -> Response:
        """Take a file; a letter that an order waits for lets it go on."""
        order = self._orders.found(call)
        kind = call.asked("documentType") or call.headers.get("documenttype", "LOA")
        ending = self._fit(order, call, kind)
        name = f"{order.id}-{self._simulator.store.count('bandwidth.file')}{ending}"
        order.fields["files"].append({"file": name, "type": kind, "name": ""})
        if kind == "LOA" and order.fields.get("pending"):
            order.fields["pending"] = False
            order.held.sendings[-1].at = call.now
            self._simulator.changed(order, "signed", call.now)
        else:
            self._simulator.save(order)
        return self._uploaded(order, name, 201)

    def replace(self, call: Call) -> Response:
        """Take another file in place of one."""
        order = self._orders.found(call)
        file = self._file(order, call)
        self._fit(order, call, file["type"])
        return self._uploaded(order, file["file"], 200)

    def drop(self, call: Call) -> Response:
        """Take a file away."""
        order = self._orders.found(call)
        order.fields["files"].remove(self._file(order, call))
        self._simulator.save(order)
        return Response(status_code=200)

    def metadata(self, call: Call) -> Response:
        """What is said of a file."""
        return answer("FileMetaData", _described(self._file(self._orders.found(call), call)))

    def describe(self, call: Call) -> Response:
        """Say it."""
        order, body = self._orders.found(call), read(call, "FileMetaData")
        file, kind = self._file(order, call), xml.words(body, "DocumentType")
        if kind and kind not in KINDS:
            raise Refused(error(400, f"There is no document type {kind}."))
        file |= {"name": xml.words(body, "DocumentName"), "type": kind or file["type"]}
        self._simulator.save(order)
        return Response(status_code=200)

    def notes(self, call: Call) -> Response:
        """The notes on an order, oldest first."""
        order = self._orders.found(call)
        if not order.remarks:
            return Response(status_code=204)
        authors = order.fields.get("authors", {})
        told: list[xml.Value] = [
            {
                "Id": index,
                "UserId": DESK if each.from_carrier else authors.get(each.id, ""),
                "Description": each.text,
                "LastDateModifier": moment(each.at),
            }
            for index, each in enumerate(order.remarks, 1)
        ]
        return answer("Notes", {"Note": told})

    def note(self, call: Call) -> Response:
        """Write one."""
        order, body = self._orders.found(call), read(call, "Note")
        user, text = xml.words(body, "UserId"), xml.words(body, "Description")
        if not user:
            raise refuse(NO_USER, "Username is required", "NoteResponse")
        if not 0 < len(text) <= LONGEST_NOTE:
            raise refuse(NO_TEXT, f"A note has 1 to {LONGEST_NOTE} characters", "NoteResponse")
        remark = self._simulator.remark(order, text, False, call.now)
        order.fields.setdefault("authors", {})[remark.id] = user
        self._simulator.save(order)
        return Response(status_code=201)

    def history(self, call: Call) -> Response:
        """The states an order has been through; none of a draft."""
        order = self._orders.found(call)
        if self._orders.stand(order).state in DRAFTS:
            words = "History is not supported for bulk port-ins or individual port-ins in draft status."
            return answer("OrderHistoryWrapper", {"IrisStatus": {"Code": 7710, "Description": words}})
        rows: list[xml.Value] = [
            {"OrderDate": each["at"], "Note": each["note"], "Author": "System", "Status": each["state"]}
            for each in order.fields["history"]
        ]
        return answer("OrderHistoryWrapper", {"OrderHistory": rows})

    @staticmethod
    def _fit(order: PortOrder, call: Call, kind: str) -> str:
        """The ending of a file that is taken."""
        media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
        ending = MEDIA_TYPES.get(media_type) or mimetypes.guess_extension(media_type)
        letter = kind == "LOA" and any(map(is_free, order.numbers))
        if kind not in KINDS or ending is None or (letter and media_type not in FREE_LETTERS):
            raise Refused(error(400, "The type of the document or of its file is not supported."))
        if not 0 < len(call.body) <= LARGEST:
            raise Refused(error(400, "A file has at most 3 MB, and is not empty."))
        return ending

    @staticmethod
    def _file(order: PortOrder, call: Call) -> dict[str, Any]:
        file = next((each for each in order.fields["files"] if each["file"] == call.path["file"]), None)
        if file is None:
            raise missing()
        found: dict[str, Any] = file
        return found

    @staticmethod
    def _uploaded(order: PortOrder, name: str, status: int) -> Response:
        words = f"LOA file uploaded successfully for order {order.id}"
        return answer("fileUploadResponse", {"filename": name, "resultCode": 0, "resultMessage": words}, status)


def _described(file: Mapping[str, str]) -> dict[str, xml.Value]:
    return {"DocumentName": file["name"], "DocumentType": file["type"]}
