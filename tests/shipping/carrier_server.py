"""A carrier's system at the other end of a real wire: it keeps books, and errs when told to."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LABEL = b"%PDF-1.7 a label of the carrier"


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        far_side, call = self.server.far_side, f"{self.command} {self.path}"
        headers = dict(self.headers.items())
        far_side.calls.append((call, json.loads(body) if body else None, headers))
        key = headers.get("Idempotency-Key", "")
        status, content = far_side.reply(call, json.loads(body) if body else {}, key)
        if not status:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer  # noqa: N815  names of the standard library

    def log_message(self, *args):
        pass


class FarSide:
    """`books` holds what was booked by key. `errs` maps a beginning of a call to an answer, once or
    for good: bytes, a status; "drop": it is done, and the answer is lost on the way; "slow": it is
    done, and the answer does not come before somebody sets `patience_ends`.
    """

    def __init__(self):
        self.calls, self.books, self.cancelled, self.errs, self.once = [], {}, [], {}, {}
        self.events, self.patience_ends = [], threading.Event()
        self.token = "carrier-token-1"

    def reply(self, call, body, key):
        found = [mark for mark in (*self.once, *self.errs) if call.startswith(mark)]
        wrong = (self.once.pop(found[0], None) or self.errs.get(found[0])) if found else None
        if isinstance(wrong, int):
            return wrong, json.dumps({"error": "No such postal code"}).encode()
        if isinstance(wrong, bytes):
            return 200, wrong
        done = self.do(call, body, key)
        if wrong == "slow":
            self.patience_ends.wait(30)
        return (0, b"") if wrong else done

    def do(self, call, body, key):
        if call == "POST /bookings":
            number = len(self.books) + 1
            known = {"reference": f"R-{number}", "tracking_number": f"TN{number:06}"}
            return 201, json.dumps(self.books.setdefault(key, known)).encode()
        if call.endswith("/cancel"):
            booked = call.split("/")[2]
            self.cancelled.append(booked)
            return (200, b"") if self.books.pop(booked, None) else (404, b"")
        if call.endswith("/label"):
            return 200, LABEL
        if call == "POST /tracking":
            asked = body["tracking_numbers"]
            mine = [event for event in self.events if event["tracking_number"] in asked]
            return 200, json.dumps({"events": mine}).encode()
        return 200, json.dumps({"name": "Northway API"}).encode()


@contextmanager
def carrier_server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.far_side = FarSide()
    server.far_side.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.far_side
    finally:
        server.far_side.patience_ends.set()
        server.shutdown()
        thread.join()
        server.server_close()
