"""A line to the server that can be cut: what was open breaks off, and nobody answers any more."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit


class Line:
    """Passes bytes on between a port of its own and the server at `url`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname, parts.port)
        self._open: list[socket.socket] = [socket.create_server(("127.0.0.1", 0))]
        self.url = f"http://localhost:{self._open[0].getsockname()[1]}"
        threading.Thread(target=self._accept, args=(self._open[0],), daemon=True).start()

    def cut(self) -> None:
        """The server is gone."""
        while self._open:
            one = self._open.pop()
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                ends = listening.accept()[0], socket.create_connection(self._target)
                self._open += ends
                for source, target in (ends, ends[::-1]):
                    threading.Thread(target=_pass_on, args=(source, target), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def line_to(url: str) -> Iterator[Line]:
    """A line that is cut at the end, if not before."""
    line = Line(url)
    yield line
    line.cut()
