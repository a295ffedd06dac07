"""A door to PostgreSQL that loses the answer to COMMIT when told to: the work is done, and nobody hears of it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
PIECE = 65536
END = b"X\x00\x00\x00\x04"
PATIENCE_S = 10.0


class Door:
    """Passes bytes on between a socket of its own and the server's; `lose` says how many answers are still lost."""

    def __init__(self, folder: Path, server: Path) -> None:
        self.lose, self.lost = 0, 0
        self._server = server / SOCKET
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / SOCKET))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Let nobody in any more."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with socket.socket(socket.AF_UNIX) as server, client:
            server.connect(str(self._server))
            deaf = threading.Event()
            back = threading.Thread(target=_pass_on, args=(server, client, deaf), daemon=True)
            back.start()
            with contextlib.suppress(OSError):
                while piece := client.recv(PIECE):
                    if self.lose and b"COMMIT" in piece:
                        self.lose, self.lost = self.lose - 1, self.lost + 1
                        deaf.set()
                        server.sendall(piece + END)  # the server reads the end after it has committed
                        back.join(PATIENCE_S)
                        client.shutdown(socket.SHUT_RDWR)
                        return
                    server.sendall(piece)


def _pass_on(server: socket.socket, client: socket.socket, deaf: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while piece := server.recv(PIECE):
            if not deaf.is_set():
                client.sendall(piece)


@contextlib.contextmanager
def door(folder: Path, server: Path) -> Iterator[Door]:
    """Open such a door for the length of a block."""
    opened = Door(folder, server)
    try:
        yield opened
    finally:
        opened.close()
