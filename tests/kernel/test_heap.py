"""A long job does not look for rubbish in what was loaded before it."""

import gc

import pytest

from o2c.kernel.heap import long_job


def broken_job():
    with long_job():
        raise ValueError


def test_what_is_there_is_left_alone_while_the_job_runs():
    before = gc.get_freeze_count()

    with long_job():
        during = gc.get_freeze_count()

    assert during > before
    assert gc.get_freeze_count() == 0


def test_a_job_that_breaks_ends_it_too():
    with pytest.raises(ValueError):  # noqa: PT011  any
        broken_job()

    assert gc.get_freeze_count() == 0
