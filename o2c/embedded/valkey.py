"""A Valkey server of our own: the queue between the web and the workers."""

import socket
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from o2c.embedded.binaries import valkey_server
from o2c.embedded.children import Child, Children, wait_until
from o2c.embedded.errors import CannotRun
from o2c.embedded.ports import LOOPBACK, free_port

TRIES = 3


@dataclass(frozen=True)
class Valkey:
    """A running server and how to reach it."""

    child: Child
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"redis://:{quote(self.password, safe='')}@{LOOPBACK}:{self.port}/0"


def start_valkey(
    children: Children, data: Path, *, password: str, log: Path, is_throw_away: bool = False
) -> Valkey:
    """Start the server; what it queues survives a crash unless it is throw-away."""
    data.mkdir(parents=True, exist_ok=True)
    program = valkey_server()
    for _ in range(TRIES):
        port = free_port()
        # Through standard input: an argument could be read by everybody on the machine.
        config = _config(port, data, password, is_durable=not is_throw_away)
        child = children.start("Valkey", [program, "-"], log=log, stdin=config.encode())
        server = Valkey(child, port, password)
        if wait_until(partial(_is_ready, server), child):
            return server
        children.stop(child)
    raise CannotRun(f"Valkey did not start: see {log}")


def _config(port: int, data: Path, password: str, *, is_durable: bool) -> str:
    return "\n".join(
        [
            f"port {port}",
            f"bind {LOOPBACK}",
            f'dir "{data}"',
            f"requirepass {password}",
            f"appendonly {'yes' if is_durable else 'no'}",
            'save ""',
            "maxmemory-policy noeviction",
            "",
        ]
    )


def _is_ready(server: Valkey) -> bool:
    """Tell whether it is our own child that answers on the port."""
    question = f"AUTH {server.password}\r\nINFO server\r\nQUIT\r\n"
    try:
        with socket.create_connection((LOOPBACK, server.port), timeout=1) as connection:
            connection.sendall(question.encode())
            answer = connection.makefile("rb").read()
    except OSError:
        return False
    return f"process_id:{server.child.process.pid}\r\n".encode() in answer
