"""Placing orders through HTTP beside the floor: the same server, workers and connections.

bin/bench place [--rounds N] [--seconds N]
"""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from random import Random

from django.core.management import call_command

from bench import table, world
from bench.cpu import postmaster_of, tree_cpu
from bench.result import Report, Result
from bench.servers import PATIENCE, data_directory, wait_for
from catalog.models import Product
from customers.authentication import PREFIX_LENGTH, SCOPES, hash_of, new_secret
from customers.models import ApiKey, Customer
from o2c.embedded.ports import free_port
from o2c.kernel.models import Company

WORKERS, CONNECTIONS = 2, 8
MOST_LINES = 1000
TARGET = 0.5
LARGE_TARGET, THOUSAND_TARGET = 6, 1.0
CREATED = 201
Request = Callable[[Random], tuple[str, bytes, dict[str, str]]]


def run(*, rounds: int, seconds: int) -> Report:
    """Prepare an empty database, play the rounds, time large orders."""
    call_command("migrate", verbosity=0)
    if not Company.objects.exists():
        world.build()
    world.grow(MOST_LINES)
    secrets = _keys()
    skus = list(Product.objects.values_list("sku", flat=True))
    subprocess.run([sys.executable, "-m", "bench.floor.project"], check=True)
    with _server("o2c.wsgi", "/livez") as ours, _server("bench.floor.project", "") as floor:
        contenders = {"floor": (floor, _floor_order(5)), "ours": (ours, _order(5, skus, secrets))}
        played = []
        for number in range(-1, rounds):  # the first warms both up
            names = list(contenders)[:: 1 if number % 2 else -1]
            play = {name: _measure(*contenders[name], seconds=seconds) for name in names}
            if number >= 0:
                played.append({name: play[name] for name in contenders})
        sizes = {size: _time(ours[0], _order(size, skus, secrets)) for size in (5, 500, 1000)}
    return _report(played, sizes, rounds=rounds, seconds=seconds)


def _report(
    played: list[table.Round], sizes: dict[int, float], *, rounds: int, seconds: int
) -> Report:
    figures = table.summary(played, base="floor")
    rates = sorted(each["ours"].per_second / each["floor"].per_second for each in played)
    ratio = rates[len(rates) // 2]
    large = sizes[500] / sizes[5]
    lines = [
        f"Place a 5-line order by REST, {WORKERS} workers, {CONNECTIONS} connections,"
        f" {rounds} rounds of {seconds} s, medians (load {os.getloadavg()[0]:.1f})",
        "",
        table.as_text(figures, base="floor"),
        "",
        f"ours is {ratio:.2f} × the floor's rate (target: {TARGET} × or more)",
        f"500 lines take {large:.1f} × the time of 5 (target: {LARGE_TARGET} × or less)",
        f"1,000 lines take {sizes[1000]:.2f} s (target: under {THOUSAND_TARGET:.0f} s)",
    ]
    data = {
        "figures": figures,
        "rate_ratio": ratio,
        "seconds_by_lines": sizes,
        "rounds": table.as_json(played),
        "load": os.getloadavg()[0],
    }
    return Report("\n".join(lines), data)


def _keys() -> list[str]:
    """Give every customer a new key, so that nobody is throttled; return the secrets."""
    secrets = []
    for customer in Customer.objects.order_by("pk"):
        secret = new_secret()
        ApiKey.objects.create(
            customer=customer,
            name="bench",
            prefix=secret[:PREFIX_LENGTH],
            secret_hash=hash_of(secret),
            scopes=list(SCOPES),
            created_at=world.NOW,
        )
        secrets.append(secret)
    return secrets


def _order(lines: int, skus: list[str], secrets: list[str]) -> Request:
    numbers = count()

    def make(luck: Random) -> tuple[str, bytes, dict[str, str]]:
        wanted = [
            {"sku": sku, "quantity": str(luck.randint(1, 5))} for sku in luck.sample(skus, lines)
        ]
        number = next(numbers)
        headers = {
            "Authorization": f"Bearer {secrets[number % len(secrets)]}",
            "Idempotency-Key": f"{time.time_ns()}-{luck.random()}",
        }
        return "/api/v1/orders", json.dumps({"lines": wanted}).encode(), headers

    return make


def _floor_order(lines: int) -> Request:
    def make(luck: Random) -> tuple[str, bytes, dict[str, str]]:
        wanted = [
            {"product": key, "quantity": str(luck.randint(1, 5))}
            for key in luck.sample(range(1, world.PRODUCTS + 1), lines)
        ]
        return "/orders", json.dumps({"customer": 1, "lines": wanted}).encode(), {}

    return make


def _measure(server: tuple[int, int], request: Request, *, seconds: float) -> Result:
    """Place orders over some connections at once for so long and return their cost."""
    port, process = server
    database = postmaster_of(data_directory())
    before, begun = (tree_cpu(process), tree_cpu(database)), time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        runs = [
            pool.submit(_place, port, request, seed=seed, until=begun + seconds)
            for seed in range(CONNECTIONS)
        ]
        placed = sum(run.result() for run in runs)
    wall = time.perf_counter() - begun
    return Result(
        per_second=placed / wall,
        client_ms=(tree_cpu(process) - before[0]) / placed * 1000,
        server_ms=(tree_cpu(database) - before[1]) / placed * 1000,
        cycles=placed,
    )


def _place(port: int, request: Request, *, seed: int, until: float) -> int:
    luck, placed = Random(seed), 0  # noqa: S311  which products, not a secret
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    while time.perf_counter() < until:
        _send(client, request(luck))
        placed += 1
    client.close()
    return placed


def _time(port: int, request: Request) -> float:
    """Return the median seconds of seven orders, one after the other."""
    luck, times = Random(7), []  # noqa: S311  which products, not a secret
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    for _ in range(7):
        sent, begun = request(luck), time.perf_counter()
        _send(client, sent)
        times.append(time.perf_counter() - begun)
    client.close()
    return sorted(times)[3]


def _send(client: http.client.HTTPConnection, request: tuple[str, bytes, dict[str, str]]) -> None:
    path, body, headers = request
    client.request("POST", path, body, {"Content-Type": "application/json", **headers})
    response = client.getresponse()
    answer = response.read()
    if response.status != CREATED:
        raise RuntimeError(f"{path} answered {response.status}: {answer[:300]!r}")


@contextmanager
def _server(application: str, ready: str) -> Iterator[tuple[int, int]]:
    """Serve an application as in production; give its port and process id."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", f"{application}:application"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--log-level", "error"]
    command += ["--worker-class", "gthread", "--threads", str(CONNECTIONS // WORKERS)]
    process = subprocess.Popen(command, env={**os.environ, "LOG_LEVEL": "ERROR"})
    try:
        wait_for(port, ready or "/")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()
