"""A customer of Twilio, as tests need one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx2

#: A Monday, 10:00 in New York.
MONDAY = datetime(2030, 3, 4, 15, tzinfo=UTC)
SID, TOKEN = "AC" + "a" * 32, "token-1"
NUMBERS = ["+12125550001", "+12125550002"]
PORT_IN, HOOKS = "/numbers/v1/Porting/PortIn", "/numbers/v1/Porting/Configuration/Webhook"
LOSING = {
    "customer_type": "Business",
    "customer_name": "Acme Inc",
    "account_number": "4711",
    "authorized_representative": "Ada Byron",
    "authorized_representative_email": "ada@acme.example",
    "address": {"street": "1 Main Street", "city": "Boston", "state": "MA", "zip": "02110", "country": "US"},
}


class Customer:
    """Calls the simulator with an account."""

    def __init__(self, url: str, sid: str = SID, token: str = TOKEN) -> None:
        self.sid = sid
        self.http = httpx2.Client(base_url=f"{url}/twilio", auth=(sid, token), timeout=20)

    def call(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        response = self.http.request(method, path, **options)
        assert response.status_code == status, response.text
        return response.json() if response.content else None

    def code(self, method: str, path: str, status: int = 400, **options: Any) -> int:
        """The code of the error that is answered."""
        answer = self.call(method, path, status, **options)
        assert answer["status"] == status
        assert answer["more_info"].endswith(str(answer["code"]))
        return int(answer["code"])

    def document(self, name: str = "o1:1 bill", kind: str = "utility_bill") -> str:
        files = {"File": ("bill.pdf", b"%PDF bill", "application/pdf")}
        data = {"document_type": kind, "friendly_name": name}
        return str(self.call("POST", "/upload/v1/Documents", 201, data=data, files=files)["sid"])

    def body(self, numbers: list[str] | None = None, name: str = "o1:1 bill", **more: Any) -> dict[str, Any]:
        return {
            "account_sid": self.sid,
            "documents": [self.document(name)],
            "phone_numbers": [{"phone_number": number} for number in numbers or NUMBERS],
            "losing_carrier_information": LOSING,
            **more,
        }

    def create(self, numbers: list[str] | None = None, name: str = "o1:1 bill", **more: Any) -> str:
        answer = self.call("POST", PORT_IN, 202, json=self.body(numbers, name, **more))
        return str(answer["port_in_request_sid"])

    def get(self, sid: str) -> Any:
        return self.call("GET", f"{PORT_IN}/{sid}")

    def stands(self, sid: str) -> tuple[str, list[str]]:
        """The states of a request and of its numbers."""
        shown = self.get(sid)
        return shown["port_in_request_status"], [n["port_in_phone_number_status"] for n in shown["phone_numbers"]]
