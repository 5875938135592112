"""A mail server for tests: real SMTP over a real socket, with the moods that real ones have."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread


class MailServer(ThreadingTCPServer):
    """Keeps the mails it was given. `mood` says what it does at the end of one."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, *, port: int = 0, mood: str = "kind") -> None:
        self.mood = mood
        self.mails: list[Message] = []
        self.called = Event()
        super().__init__(("127.0.0.1", port), Conversation)

    @property
    def port(self) -> int:
        return self.server_address[1]


class Conversation(StreamRequestHandler):
    """One client's session."""

    server: MailServer

    def handle(self) -> None:
        self.server.called.set()
        if self.server.mood == "silent":
            self.rfile.read()
            return
        self._say("220 tests")
        while line := self.rfile.readline():
            if not self._answer(line.split(maxsplit=1)[0].upper()):
                return

    def _answer(self, verb: bytes) -> bool:
        """Answer one command; return whether the session goes on."""
        if verb == b"DATA":
            self._say("354 go on")
            self.server.mails.append(message_from_bytes(b"".join(iter(self._line, b".\r\n"))))
            if self.server.mood == "forgetful":
                return False
        self._say("221 bye" if verb == b"QUIT" else "250 ok")
        return verb != b"QUIT"

    def _line(self) -> bytes:
        return self.rfile.readline() or b".\r\n"

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server(*, mood: str = "kind") -> Iterator[MailServer]:
    """Run one until the block is left. `mood`: kind, forgetful (breaks off) or silent."""
    with MailServer(mood=mood) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
