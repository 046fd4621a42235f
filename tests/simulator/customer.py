"""A customer of Telnyx, as tests need one."""

from __future__ import annotations

import base64
from typing import Any

import httpx2

NUMBERS = ["+16175550150", "+16175550151"]
ADMIN = {"entity_name": "Acme Inc", "auth_person_name": "Ada Byron", "account_number": "4711"}
LOCATION = {"street_address": "1 Main Street", "locality": "Boston", "postal_code": "02110"}


class Customer:
    """Calls the simulator with a key."""

    def __init__(self, url: str, key: str = "KEY-1") -> None:
        self.http = httpx2.Client(base_url=f"{url}/telnyx/v2", headers={"authorization": f"Bearer {key}"}, timeout=20)

    def call(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        """Call; the answer's data, where the status is the expected one."""
        response = self.http.request(method, path, **options)
        assert response.status_code == status, response.text
        return response.json().get("data") if response.content else None

    def errors(self, method: str, path: str, status: int, **options: Any) -> list[dict[str, Any]]:
        response = self.http.request(method, path, **options)
        assert response.status_code == status, response.text
        return list(response.json()["errors"])

    def draft(self, reference: str = "o1:1", numbers: list[str] | None = None, **options: Any) -> list[str]:
        body = {"phone_numbers": numbers or NUMBERS, "customer_reference": reference}
        return [each["id"] for each in self.call("POST", "/porting_orders", 201, json=body, **options)]

    def letter(self) -> str:
        file = base64.b64encode(b"%PDF letter").decode()
        return str(self.call("POST", "/documents", json={"file": file, "filename": "letter.pdf"})["id"])

    def complete(self, order: str, **more: Any) -> None:
        body = {"end_user": {"admin": ADMIN, "location": LOCATION}, "documents": {"loa": self.letter()}, **more}
        self.call("PATCH", f"/porting_orders/{order}", json=body)

    def confirm(self, order: str, **options: Any) -> Any:
        return self.call("POST", f"/porting_orders/{order}/actions/confirm", **options)

    def sent(self, reference: str = "o1:1", numbers: list[str] | None = None, **more: Any) -> list[str]:
        """Drafted, completed and handed in."""
        orders = self.draft(reference, numbers)
        for order in orders:
            self.complete(order, **more)
            self.confirm(order)
        return orders

    def get(self, order: str) -> Any:
        return self.call("GET", f"/porting_orders/{order}")

    def status(self, order: str) -> str:
        return str(self.get(order)["status"]["value"])
