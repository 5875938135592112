"""Long jobs: what is loaded by then stays, and is not searched for rubbish again and again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def long_job() -> Iterator[None]:
    """Spare the collector of rubbish what is in memory already, until the job is over."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
