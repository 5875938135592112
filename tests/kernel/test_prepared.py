"""Statements that are asked again and again are planned once for each connection."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel.prepared import MOST, Hot
from o2c.kernel.transactions import service

SUM = Hot("SELECT %s::numeric + %s::numeric")


def ask(statement, values=()):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def prepared():
    """Return the texts that PostgreSQL has planned for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [text for (text,) in cursor.fetchall()]


@pytest.mark.django_db
def test_prepares_a_hot_statement_once_and_answers_each_asking():
    answers = [ask(SUM, [number, Decimal("0.5")]) for number in range(3)]

    planned = [text for text in prepared() if "$1::numeric + $2::numeric" in text]
    assert answers == [(Decimal("0.5"),), (Decimal("1.5"),), (Decimal("2.5"),)]
    assert len(planned) == 1


@pytest.mark.django_db
def test_leaves_other_statements_alone():
    answer = ask("SELECT %s::numeric - 17.25", [20])

    assert answer == (Decimal("2.75"),)
    assert not [text for text in prepared() if "17.25" in text]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "values", "expected"),
    [
        ("SELECT %(a)s::int * 10 + %(b)s::int + %(a)s", {"a": 4, "b": 2, "unused": 9}, 46),
        ("SELECT cardinality(%s::jsonb[])", [['{"a": 1}', "[]"]], 2),
        ("SELECT %s::numeric(14, 2)", [Decimal("1.005")], Decimal("1.01")),
        ("SELECT %s::varchar(5) || '%%'", ["it's"], "it's%"),
        ("SELECT count(*) FROM unnest(%s::date[]) AS day", [[]], 0),
        ("SELECT 7 %% 4", [], 3),
        ("SELECT coalesce(%s::text, 'none')", [None], "none"),
    ],
)
def test_takes_names_casts_lists_and_signs_of_percent(statement, values, expected):
    first, second = ask(Hot(statement), values), ask(Hot(statement), values)

    assert (first, second) == ((expected,), (expected,))


@pytest.mark.django_db
def test_shows_the_statement_as_it_was_asked():
    ask(SUM, [1, 2])

    with CaptureQueriesContext(
        connection,
    ) as asked:
        ask(SUM, [3, 4])

    assert [query["sql"] for query in asked] == ["SELECT 3::numeric + 4::numeric"]


@pytest.mark.django_db
def test_plans_no_more_than_so_many(monkeypatch):
    ask(SUM, [1, 2])
    calls = connection.connection.calls
    monkeypatch.setattr("o2c.kernel.prepared.MOST", len(calls))

    answer = ask(Hot("SELECT %s::int + 4711"), [1])

    assert answer == (4712,)
    assert "SELECT %s::int + 4711" not in calls
    assert len(calls) <= MOST


@pytest.mark.django_db(transaction=True)
def test_prepares_anew_when_the_server_has_forgotten():
    ask(SUM, [1, 2])
    ask("DEALLOCATE ALL; SELECT 1")

    answers = [ask(SUM, [5, 6]), ask(SUM, [7, 8])]

    assert answers == [(Decimal(11),), (Decimal(15),)]
    assert len([text for text in prepared() if "$1::numeric + $2::numeric" in text]) == 1


@pytest.mark.django_db(transaction=True)
def test_begins_a_step_again_when_the_server_has_forgotten():
    tries = []

    @service
    def add():
        tries.append(1)
        return ask(SUM, [5, 6])

    ask(SUM, [1, 2])
    ask("DEALLOCATE ALL; SELECT 1")

    assert add() == (Decimal(11),)
    assert len(tries) == 2


@pytest.mark.django_db(transaction=True)
def test_survives_that_a_column_gets_another_type():
    ask("CREATE TABLE prepared_probe (name varchar(5)); SELECT 1")
    try:
        ask("INSERT INTO prepared_probe VALUES ('five') RETURNING 1")
        read = Hot("SELECT name FROM prepared_probe WHERE name = %s")
        before = ask(read, ["five"])
        ask("ALTER TABLE prepared_probe ALTER COLUMN name TYPE varchar(9); SELECT 1")

        after = ask(read, ["five"])

        assert (before, after) == (("five",), ("five",))
    finally:
        ask("DROP TABLE prepared_probe; SELECT 1")


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_begins_with_nothing_prepared():
    ask(SUM, [1, 2])
    connection.close()

    assert ask(SUM, [1, 2]) == (Decimal(3),)
    assert len(prepared()) == 1
