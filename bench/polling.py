"""200 open order-entry pages that ask twice a second: how soon a change of stock is on each.

bin/bench polling [--pages N] [--rounds N]

The pages ask as the browser does, over connections of their own, of the server that the demo
starts. Every few seconds the stock of a product changes that all of them show: what is timed is
from the commit of the change until a page has read the new number. What asks is as light as it can
be, and runs beside the server: its share of the machine is told.
"""

import asyncio
import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory

from bench import world
from bench.cpu import postmaster_of, tree_cpu
from bench.result import Report
from bench.servers import data_directory, wait_for
from catalog.models import Product
from o2c.embedded.portal import WEB
from o2c.embedded.ports import free_port
from o2c.kernel import roles
from o2c.kernel.models import Company, User

# As in templates/fulfillment/watch.html.
PERIOD = 0.5
LINES, CHANGE_EVERY, WARM_UP = 5, 4.0, 5.0
TARGET = 1.0
ADDRESS = "/fulfillment/promises/"
SAME, CHANGED = 204, 200
LOWER = """
UPDATE fulfillment_stocklevel SET on_hand = on_hand - 1 WHERE product_id = %s
RETURNING (on_hand - allocated)::int
"""
# The hot product stands first on each page.
FREE = re.compile(r"([\d,]+) now")
# When a change was committed, and how many pieces are free since.
Change = tuple[float, int]


@dataclass
class Page:
    """One open screen: what it has typed, what it was told, when it read which number."""

    body: str
    seen: str = ""
    asked: int = 0
    skipped: int = 0
    read: list[tuple[float, int]] = field(default_factory=list)


def run(*, pages: int, rounds: int) -> Report:
    """Open the pages, change stock so often behind their backs, and say how soon they knew."""
    call_command("migrate", verbosity=0)
    if not Company.objects.exists():
        world.build()
    cookies = _signed_in()
    hot = Product.objects.order_by("pk")[0]
    opened = [Page(_typed(number, hot)) for number in range(pages)]
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *WEB, f"--bind=127.0.0.1:{port}", "--log-level=error"],
        env=os.environ | {"LOG_LEVEL": "ERROR"},
    )
    database = postmaster_of(data_directory())
    try:
        wait_for(port, "/livez")
        before = _used(server.pid, database)
        changes = asyncio.run(_play(opened, port, cookies, hot.pk, rounds=rounds))
        used = [after - at for after, at in zip(_used(server.pid, database), before, strict=True)]
    finally:
        server.terminate()
        server.wait()
    return _report(opened, changes, used)


def _used(server: int, database: int) -> list[float]:
    """Return the CPU seconds of the web server, of PostgreSQL, and our own; and the time."""
    return [tree_cpu(server), tree_cpu(database), time.process_time(), time.perf_counter()]


def _signed_in() -> dict[str, str]:
    """Sign a sales rep in; return the cookies."""
    user, _is_new = User.objects.get_or_create(email="bench@company.example")
    user.groups.set(Group.objects.filter(name=roles.SALES_REP))
    client = Client()
    client.force_login(user)
    session = settings.SESSION_COOKIE_NAME
    request = RequestFactory().get("/")
    get_token(request)
    return {
        session: client.cookies[session].value,
        settings.CSRF_COOKIE_NAME: request.META["CSRF_COOKIE"],
    }


def _typed(number: int, hot: Product) -> str:
    """Return what a screen sends: the hot product and four others."""
    luck = Random(number)  # noqa: S311  which products, not a secret
    skus = list(Product.objects.order_by("pk")[1 : world.PRODUCTS].values_list("sku", flat=True))
    lines = [hot.sku, *luck.sample(skus, LINES - 1)]
    body = {"lines-count": str(LINES), "token": f"screen-{number}"}
    for place, sku in enumerate(lines):
        body |= {f"lines-{place}-sku": sku, f"lines-{place}-quantity": "12"}
    return urlencode(body)


async def _play(
    opened: list[Page], port: int, cookies: dict[str, str], product_id: int, *, rounds: int
) -> list[Change]:
    """Let all pages ask until the time is over; return what has changed meanwhile."""
    begin = time.perf_counter()
    end = begin + WARM_UP + rounds * CHANGE_EVERY
    head = _head(port, cookies)
    asking = [
        asyncio.create_task(_ask(page, port, head, begin + place / len(opened) * PERIOD, end))
        for place, page in enumerate(opened)
    ]
    changes = []
    await asyncio.sleep(WARM_UP)
    for _round in range(rounds):
        changes.append(await asyncio.to_thread(_lower, product_id))
        await asyncio.sleep(CHANGE_EVERY)
    await asyncio.gather(*asking)
    return changes


def _lower(product_id: int) -> Change:
    """Take one piece."""
    with connection.cursor() as cursor:
        cursor.execute(LOWER, [product_id])
        done, (free,) = time.perf_counter(), cursor.fetchone()
    connection.close()
    return done, free


async def _ask(page: Page, port: int, head: str, due: float, end: float) -> None:
    """Ask as often as the page does: not while the answer before is still under way."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while due < end:
        await asyncio.sleep(max(0, due - time.perf_counter()))
        body = f"{page.body}&seen={page.seen}"
        try:
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
            status, is_open, text = await _answer(reader)
        except (ConnectionError, asyncio.IncompleteReadError):
            # The server has closed a connection that was idle: a browser asks again, too.
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            continue
        page.asked += 1
        if status == CHANGED:
            page.seen = text.split('"seen": "')[1].split('"')[0]
            if found := FREE.search(text):
                page.read.append((time.perf_counter(), int(found[1].replace(",", ""))))
        elif status != SAME:
            raise RuntimeError(f"{ADDRESS} answered {status}: {text[:300]}")
        if not is_open:
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        due += PERIOD
        while due < time.perf_counter():
            due, page.skipped = due + PERIOD, page.skipped + 1
    writer.close()


def _head(port: int, cookies: dict[str, str]) -> str:
    sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return (
        f"POST {ADDRESS} HTTP/1.1\r\nHost: localhost:{port}\r\nHX-Request: true\r\n"
        f"Cookie: {sent}\r\n"
        f"X-CSRFToken: {cookies[settings.CSRF_COOKIE_NAME]}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
    )


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool, str]:
    """Return an answer's status, whether the connection stays open, and its text."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    status, is_open = int(head.split(" ", 2)[1]), "connection: close" not in head
    if "content-length: " not in head:
        return status, is_open, ""
    length = int(head.split("content-length: ")[1].split("\r\n")[0])
    return status, is_open, (await reader.readexactly(length)).decode()


def _report(opened: list[Page], changes: list[Change], used: list[float]) -> Report:
    waits = sorted(
        min((at for at, read in page.read if read <= free), default=float("inf")) - changed
        for page in opened
        for changed, free in changes
    )
    web, database, ours, seconds = used
    asked, skipped = (sum(getattr(page, name) for page in opened) for name in ("asked", "skipped"))
    median, most = statistics.median(waits), waits[int(len(waits) * 0.95)]
    data = {
        "pages": len(opened),
        "changes": len(changes),
        "median_seconds": median,
        "p95_seconds": most,
        "slowest_seconds": waits[-1],
        "asked": asked,
        "skipped": skipped,
        "told": sum(len(page.read) for page in opened),
        "web_ms": web / asked * 1000,
        "database_ms": database / asked * 1000,
        "web_cores": web / seconds,
        "database_cores": database / seconds,
        "client_cores": ours / seconds,
        "load": os.getloadavg()[0],
    }
    verdict = "reached" if most <= TARGET else "NOT reached"
    text = (
        f"{len(opened)} order-entry pages of {LINES} lines, each asking every {PERIOD} s:"
        f" {len(changes)} changes of stock (load {data['load']:.1f})\n\n"
        f"on the page after  median {median:.2f} s, 95 of 100 within {most:.2f} s,"
        f" slowest {waits[-1]:.2f} s (target {TARGET:.0f} s for 95 of 100: {verdict})\n"
        f"one answer costs   {data['web_ms']:.2f} ms CPU of the web server,"
        f" {data['database_ms']:.2f} ms of PostgreSQL; {asked} asked, {data['told']} told something"
        f" new, {skipped} times not in time\n"
        f"cores in use       {data['web_cores']:.2f} the web server, {data['database_cores']:.2f}"
        f" PostgreSQL, {data['client_cores']:.2f} what plays the pages"
    )
    return Report(text, data)
