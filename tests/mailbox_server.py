"""A mailbox for tests: as much IMAP as a client needs, over a real socket, with moods."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Lock, Thread

PASSWORD = "post-2026"


class MailboxServer(ThreadingTCPServer):
    """`folders` holds the mails by their UIDs. `mood`: kind, plain (no MOVE), or the name of a
    command at which it breaks off."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self) -> None:
        self.folders: dict[str, dict[int, bytes]] = {"INBOX": {}}
        self.mood = "kind"
        self.guard = Lock()
        self.next_uid = 1
        super().__init__(("127.0.0.1", 0), Conversation)

    @property
    def url(self) -> str:
        return (
            f"imap://orders%40kestrel.example:{PASSWORD}@127.0.0.1:{self.server_address[1]}/INBOX"
        )

    def put(self, content: bytes) -> None:
        with self.guard:
            self.folders["INBOX"][self.next_uid] = content
            self.next_uid += 1

    def move(self, uid: int, folder: str) -> None:
        with self.guard:
            content = self.folders["INBOX"].pop(uid, None)
            if content is not None:
                self.folders[folder][uid] = content


class Conversation(StreamRequestHandler):
    """One client's session."""

    server: MailboxServer

    def handle(self) -> None:
        self.deleted: set[int] = set()
        self.say("* OK tests")
        while line := self.rfile.readline().decode().strip():
            tag, _, rest = line.partition(" ")
            verb = rest.upper().removeprefix("UID ").split(" ")[0]
            if verb == self.server.mood:
                return
            getattr(self, f"do_{verb.lower()}", self.do_noop)(tag, rest)
            if verb == "LOGOUT":
                return

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def do_noop(self, tag, rest):
        self.say(f"{tag} OK done")

    def do_capability(self, tag, rest):
        can = "IMAP4rev1" if self.server.mood == "plain" else "IMAP4rev1 MOVE"
        self.say(f"* CAPABILITY {can}")
        self.say(f"{tag} OK done")

    def do_login(self, tag, rest):
        self.say(f"{tag} OK in" if PASSWORD in rest else f"{tag} NO wrong password")

    def do_select(self, tag, rest):
        if '"INBOX"' not in rest and "INBOX" not in rest:
            self.say(f"{tag} NO no such folder")
            return
        self.say(f"* {len(self.server.folders['INBOX'])} EXISTS")
        self.say(f"{tag} OK [READ-WRITE] selected")

    def do_list(self, tag, rest):
        for name in self.server.folders:
            if f'"{name}"' in rest or f" {name}" in rest:
                self.say(f'* LIST () "/" "{name}"')
        self.say(f"{tag} OK listed")

    def do_create(self, tag, rest):
        self.server.folders[rest.split(" ", 1)[1].strip('"')] = {}
        self.say(f"{tag} OK created")

    def do_search(self, tag, rest):
        uids = " ".join(map(str, sorted(self.server.folders["INBOX"])))
        self.say(f"* SEARCH {uids}".strip())
        self.say(f"{tag} OK found")

    def do_fetch(self, tag, rest):
        uid = int(re.search(r"fetch (\d+)", rest, re.IGNORECASE)[1])
        content = self.server.folders["INBOX"].get(uid)
        if content is not None:
            part = "BODY[HEADER]" if "[HEADER]" in rest else "BODY[]"
            size = len(content)
            if "HEADER" in part:
                content = content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            head = f"* 1 FETCH (UID {uid} FLAGS () RFC822.SIZE {size} {part} {{{len(content)}}}\r\n"
            self.wfile.write(head.encode() + content + b")\r\n")
        self.say(f"{tag} OK fetched")

    def do_move(self, tag, rest):
        uid, folder = re.search(r'move (\d+) "?([^"]+)"?', rest, re.IGNORECASE).groups()
        self.server.move(int(uid), folder)
        self.say(f"{tag} OK moved")

    def do_copy(self, tag, rest):
        uid, folder = re.search(r'copy (\d+) "?([^"]+)"?', rest, re.IGNORECASE).groups()
        self.server.folders[folder][int(uid)] = self.server.folders["INBOX"][int(uid)]
        self.say(f"{tag} OK copied")

    def do_store(self, tag, rest):
        self.deleted.add(int(re.search(r"store (\d+)", rest, re.IGNORECASE)[1]))
        self.say(f"{tag} OK stored")

    def do_expunge(self, tag, rest):
        for uid in self.deleted:
            self.server.folders["INBOX"].pop(uid, None)
        self.say(f"{tag} OK expunged")

    def do_logout(self, tag, rest):
        self.say("* BYE")
        self.say(f"{tag} OK out")


@contextmanager
def mailbox_server() -> Iterator[MailboxServer]:
    """Run one until the block is left."""
    with MailboxServer() as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
