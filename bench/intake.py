"""Taking in a large CSV beside COPY into the same tables, and the memory that it takes.

bin/bench intake [--orders N]
"""

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from uuid import uuid4

from django.core.management import call_command
from django.db import connection, models, transaction

from bench import world
from bench.result import Report
from catalog.models import Product
from customers.models import Customer
from o2c.kernel.actors import Actor
from o2c.kernel.models import Company
from orders.intake.checking import check_only
from orders.models import Order, OrderLine

LINES = 5
FEW = 1_000
TARGET = 4
# The command in a process of its own, which says at last how much memory it has held: the kernel's
# own count, since `ru_maxrss` begins with what this process held when it started the other.
COMMAND = (
    "import os, re, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'o2c.settings'; "
    "from django.core.management import execute_from_command_line as run; "
    "run(['manage.py', 'intake', *sys.argv[1:]]); "
    "sys.stderr.write(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"
)
# Of these columns each copied row needs values of its own.
OWN = {
    "id": "id + {shift}",
    "order_id": "order_id + {shift}",
    "public_id": "left(public_id, 20) || {shift}",
    "number": "number || '-' || {shift}",
    "customer_po": "left(customer_po, 30) || '-' || {shift}",
}
SHIFT = 1_000_000_000


def run(*, orders: int) -> Report:
    """Take a file of so many orders in, and a smaller one; time COPY and the validation alone."""
    call_command("migrate", verbosity=0)
    if not Company.objects.exists():
        world.build()
    few = min(FEW, orders)
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small.csv"), Path(folder, "large.csv")
        _write(small, few)
        _seconds, small_memory = _take_in(small, few)
        copied = _copy(few, orders // few)
        _write(large, orders)
        checked = _check(large)
        taken, large_memory = _take_in(large, orders)
    ratio = taken / (copied + checked)
    per_order = taken / orders * 1000
    text = [
        f"Take in a CSV of {orders:,} orders of {LINES} lines (load {os.getloadavg()[0]:.1f})",
        "",
        f"COPY into the live tables   {copied:9.2f} s",
        f"reading and judging alone   {checked:9.2f} s",
        f"manage.py intake --commit   {taken:9.2f} s, {per_order:.1f} ms an order",
        "",
        f"that is {ratio:.1f} × COPY and judging (target: {TARGET} × or less)",
        f"peak memory: {small_memory:.0f} MB with {few:,} orders,"
        f" {large_memory:.0f} MB with {orders:,}",
    ]
    data = {
        "orders": orders,
        "copy_s": copied,
        "judging_s": checked,
        "intake_s": taken,
        "ratio": ratio,
        "peak_mb": {few: small_memory, orders: large_memory},
        "load": os.getloadavg()[0],
    }
    return Report("\n".join(text), data)


def _write(path: Path, orders: int) -> None:
    luck, batch = Random(1), uuid4().hex[:8]  # noqa: S311  which products, not a secret
    numbers = list(Customer.objects.order_by("pk").values_list("number", flat=True))
    skus = list(Product.objects.order_by("pk").values_list("sku", flat=True))
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Customer", "PO number", "SKU", "Quantity", "Requested date"])
        for number in range(orders):
            for sku in luck.sample(skus, LINES):
                customer = numbers[number % len(numbers)]
                row = [customer, f"{batch}-{number}", sku, luck.randint(1, 5), "2099-06-01"]
                writer.writerow(row)


def _take_in(path: Path, orders: int) -> tuple[float, float]:
    """Run the command; return its seconds and its peak memory in MB."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", COMMAND, str(path), "--commit"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
    )
    seconds = time.perf_counter() - begun
    results = [json.loads(line) for line in done.stdout.splitlines()]
    accepted = sum(result["status"] == "accepted" for result in results)
    if accepted != orders:
        raise RuntimeError(f"{orders} orders sent, {accepted} accepted; first: {results[:1]}")
    return seconds, int(done.stderr.split()[-1]) / 1024


def _check(path: Path) -> float:
    """Read and judge the file, and place nothing; return the seconds."""
    begun = time.perf_counter()
    content = path.read_bytes()
    actor = Actor.importer("bench")
    for _verdict in check_only(path.name, content, at=world.NOW, actor=actor):
        pass
    return time.perf_counter() - begun


def _copy(few: int, times: int) -> float:
    """Copy the last orders and their lines so many times into the live tables, with all of their
    indexes and constraints; return the seconds of that alone.
    """
    last = Order.objects.order_by("-pk")[few - 1].pk
    files = [
        (model, _exported(model, f"{column} >= {last}", times))
        for model, column in ((Order, "id"), (OrderLine, "order_id"))
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        begun = time.perf_counter()
        for model, file in files:
            # Read from the client, as the intake reads its file.
            cursor.cursor.copy_expert(f"COPY {model._meta.db_table} FROM STDIN", file)
        seconds = time.perf_counter() - begun
        transaction.set_rollback(True)
    return seconds


def _exported(model: type[models.Model], condition: str, times: int) -> io.StringIO:
    names = [field.column for field in model._meta.concrete_fields]
    table, file = model._meta.db_table, io.StringIO()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s ORDER BY ordinal_position",
            [table],
        )
        names = [row[0] for row in cursor.fetchall()]
        own = OWN if model is Order else {name: OWN[name] for name in ("id", "order_id")}
        columns = [own.get(str(name), f'"{name}"').format(shift="k.n") for name in names]
        query = (
            f"SELECT {', '.join(columns)} FROM {table},"  # noqa: S608  names of ours
            f" (SELECT {SHIFT}::bigint * generate_series(1, {times}) AS n) AS k WHERE {condition}"
        )
        cursor.cursor.copy_expert(f"COPY ({query}) TO STDOUT", file)
    file.seek(0)
    return file
