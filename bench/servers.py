"""The servers that measurements talk to."""

import http.client
import time

from django.db import connection

PATIENCE = 60


def wait_for(port: int, address: str) -> None:
    """Wait until a web server answers.

    Raises:
        OSError: it does not within a minute.
    """
    until = time.perf_counter() + PATIENCE
    while True:
        try:
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            client.request("GET", address)
            client.getresponse().read()
        except OSError:
            if time.perf_counter() > until:
                raise
            time.sleep(0.2)
        else:
            return


def data_directory() -> str:
    """Return where PostgreSQL keeps its data."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        return str(cursor.fetchone()[0])
