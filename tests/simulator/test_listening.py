from __future__ import annotations

import socket

from portolan.simulator.server import listening


def test_small_answers_leave_at_once() -> None:
    """asyncio switches Nagle's algorithm off only on sockets that name their protocol."""
    with listening() as ear:
        assert ear.proto == socket.IPPROTO_TCP
        ear.listen()
        with socket.create_connection(ear.getsockname()) as _, ear.accept()[0] as accepted:
            assert accepted.proto == socket.IPPROTO_TCP
