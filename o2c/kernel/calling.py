"""Calling other systems by HTTP: public addresses only, no redirects, short waits, bounded."""

import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# Seconds for each step: connecting, and waiting for more of an answer.
PATIENCE = 10
# Seconds for all of it, from the connection to the answer's last byte, however slowly it drips.
LONGEST = 30
CHUNK = 64 * 1024
DEFAULT_PORT = {"http": 80, "https": 443}


class NotSecure(Exception):
    """The address is not https, and its host is not one that the settings trust."""


class NotPublic(Exception):
    """The host's address is not on the public Internet."""


class Unreachable(Exception):
    """Nobody answers, or not in time; the text says how it failed."""


class TooLong(Exception):
    """The answer is larger than wanted."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    media_type: str


def send(
    method: str,
    address: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str],
    private_hosts: Collection[str] = (),
    most_bytes: int,
) -> Answer:
    """Send one request to an absolute address and return what comes back, whatever its status.

    Raises:
        NotSecure, NotPublic: an address that we do not call; nothing is sent.
        Unreachable: no connection, no whole answer in time, or not HTTP. It may have been received.
        TooLong: the answer is larger than `most_bytes`.
    """
    parts = urlsplit(address)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.hostname or ""
    connection = connection_to(parts.scheme, host, parts.port, private_hosts=private_hosts)
    try:
        connection.request(method, target, body=body, headers=dict(headers))
        response = connection.getresponse()
        content = _content_of(response, most_bytes)
    except (OSError, HTTPException) as error:
        raise Unreachable(type(error).__name__) from error
    finally:
        connection.close()
    return Answer(response.status, content, response.headers.get_content_type())


def connection_to(
    scheme: str, host: str, port: int | None, *, private_hosts: Collection[str] = ()
) -> HTTPConnection:
    """Return a connection to an address that was looked at: nobody turns us inwards by a name.

    Raises:
        NotSecure, NotPublic, Unreachable: see `send`.
    """
    is_trusted = host in private_hosts
    if scheme != "https" and not (is_trusted and scheme == "http"):
        raise NotSecure(host)
    address = _address_of(host, port or DEFAULT_PORT[scheme], is_trusted=is_trusted)
    return (_Plain if scheme == "http" else _Secure)(host, port, address)


def _address_of(host: str, port: int, *, is_trusted: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("gaierror") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not is_trusted and not all(ipaddress.ip_address(one).is_global for one in addresses):
        raise NotPublic(host)
    return addresses[0]


def _content_of(response: HTTPResponse, most: int) -> bytes:
    """Read an answer to its end, but never more than wanted."""
    parts, size = [], 0
    while chunk := response.read1(CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > most:
            raise TooLong
    return b"".join(parts)


class _Hurried:
    """A socket that nobody sends to or reads from after a moment, drip by drip as it may be.

    What `http.client` needs of a socket, and no more.
    """

    def __init__(self, sock: socket.socket, until: float) -> None:
        self.sock, self.until = sock, until

    def hurry(self) -> None:
        """Let the next step wait no longer than there is time.

        Raises:
            TimeoutError: there is none left.
        """
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.sock.settimeout(min(PATIENCE, left))

    def sendall(self, data: bytes) -> None:
        self.hurry()
        self.sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        assert mode == "rb"
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        self.sock.close()


class _Reader(io.RawIOBase):
    """The bytes that come from a hurried socket; the socket stays open until this is closed."""

    def __init__(self, hurried: _Hurried) -> None:
        super().__init__()
        self.hurried, self.raw = hurried, hurried.sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        self.hurried.hurry()
        return self.raw.readinto(buffer)

    def close(self) -> None:
        self.raw.close()
        super().close()


class _Plain(HTTPConnection):
    def __init__(self, host: str, port: int | None, address: str) -> None:
        super().__init__(host, port, timeout=PATIENCE)
        self.address = address

    def connect(self) -> None:
        until = time.monotonic() + LONGEST
        sock = socket.create_connection((self.address, self.port), PATIENCE)
        self.sock = _Hurried(sock, until)


class _Secure(HTTPSConnection):
    def __init__(self, host: str, port: int | None, address: str) -> None:
        super().__init__(host, port, timeout=PATIENCE)
        self.address = address

    def connect(self) -> None:
        until = time.monotonic() + LONGEST
        plain = socket.create_connection((self.address, self.port), PATIENCE)
        sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        self.sock = _Hurried(sock, until)
