"""Who is called has so long for all of an answer, however slowly it drips."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest

from o2c.kernel import calling
from orders.shop import web

GREETING = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
HOST = "127.0.0.1"


@contextmanager
def dripping(content: bytes, *, pause: float, at_once: int = 0):
    """Answer one call with `content`: so much of it at once, then a byte after each pause."""
    with socket.create_server((HOST, 0)) as server:
        is_over = threading.Event()

        def answer():
            caller, _address = server.accept()
            with caller:
                caller.recv(65536)
                caller.sendall(content[:at_once])
                for place in range(at_once, len(content)):
                    if is_over.wait(pause):
                        return
                    try:
                        caller.sendall(content[place : place + 1])
                    except OSError:
                        return

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://{HOST}:{server.getsockname()[1]}"
        finally:
            is_over.set()
            thread.join()


def ask(address):
    return calling.send(
        "GET", f"{address}/status", headers={}, private_hosts=[HOST], most_bytes=100
    )


def test_reads_an_answer_that_comes_in_drops():
    with dripping(GREETING, pause=0) as address:
        answer = ask(address)

    assert (answer.status, answer.body, answer.media_type) == (200, b"hello", "text/plain")


def test_reads_an_answer_that_ends_with_the_connection():
    with dripping(b"HTTP/1.0 200 OK\r\n\r\nhello", pause=0) as address:
        assert ask(address).body == b"hello"


@pytest.mark.parametrize(
    "at_once",
    [0, len(GREETING) - 5],
    ids=["headers", "body"],
)
def test_who_drips_is_given_up_in_time(monkeypatch, at_once):
    monkeypatch.setattr(calling, "LONGEST", 0.5)
    started = time.monotonic()

    with (
        dripping(GREETING + b"!" * 995, pause=0.2, at_once=at_once) as address,
        pytest.raises(calling.Unreachable, match="TimeoutError"),
    ):
        ask(address)

    assert time.monotonic() - started < 5  # each byte came in time, all of them take minutes


def test_who_says_nothing_is_given_up_in_time(monkeypatch):
    monkeypatch.setattr(calling, "PATIENCE", 0.2)

    with (
        dripping(GREETING, pause=9) as address,
        pytest.raises(calling.Unreachable, match="TimeoutError"),
    ):
        ask(address)


def test_a_shop_that_drips_is_given_up_in_time_too(monkeypatch, settings):
    monkeypatch.setattr(calling, "LONGEST", 0.5)
    settings.SHOP_PRIVATE_HOSTS = [HOST]

    with (
        dripping(GREETING + b"!" * 995, pause=0.2) as address,
        pytest.raises(web.ShopAway, match="TimeoutError"),
    ):
        web.call(address, "/status", headers={})
