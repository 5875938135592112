"""Gapless numbers: dense, rising with the date, one series per book."""

from datetime import date

import pytest

from o2c.kernel import numbering
from o2c.kernel.models import NumberSeries
from o2c.kernel.transactions import OutsideStep, service, step
from tests.race import in_line, read_by_both, run_together

DAY = date(2026, 11, 18)
EARLIER = date(2026, 11, 17)


def take(company, on=DAY):
    return numbering.take_number(company.pk, "invoice", prefix="INV-", on=on)


def test_counts_from_one_without_gaps(company):
    with step():
        numbers = [take(company) for _ in range(3)]

    assert numbers == ["INV-00001", "INV-00002", "INV-00003"]


def test_a_failed_step_gives_its_number_back(company):
    @service
    def fail():
        take(company)
        raise ValueError

    with step():
        take(company)
    with pytest.raises(ValueError):  # noqa: PT011
        fail()
    with step():
        number = take(company)

    assert number == "INV-00002"


def test_refuses_a_date_before_the_last_document(company):
    with step():
        take(company)

    with pytest.raises(numbering.SeriesAhead, match="INV- is already at 2026-11-18"), step():
        take(company, on=EARLIER)

    assert NumberSeries.objects.get().last_number == 1


def test_a_book_has_a_series_of_its_own(company):
    with step():
        take(company)
    with numbering.book("H"), step():
        number = take(company, on=EARLIER)

    assert number == "INV-H-00001"


def test_needs_a_step(company):
    with pytest.raises(OutsideStep):
        take(company)


@pytest.mark.django_db(transaction=True)
def test_parallel_steps_leave_no_gap_and_no_twin(company):
    @service
    def one(fails):
        number = take(company)
        if fails:
            raise ValueError
        return number

    results = in_line(*(lambda fails=fails: one(fails) for fails in [0, 0, 1, 0, 0, 1, 0, 0]))

    numbers = sorted(number for number in results if isinstance(number, str))
    assert numbers == [f"INV-{n:05}" for n in range(1, 7)]


@pytest.mark.django_db(transaction=True)
def test_the_race_is_real_without_the_row(company):
    """Guards the test above: reading the last number and adding one makes twins."""

    @service
    def one():
        series = read()
        NumberSeries.objects.filter(pk=series.pk).update(last_number=series.last_number + 1)
        return series.last_number + 1

    NumberSeries.objects.create(company=company, kind="x", prefix="X-")
    read = read_by_both(NumberSeries.objects.get)

    assert run_together(one, one) == [1, 1]
