"""Bring the database back to what the migrations left, after a test that really commits.

Django would TRUNCATE every table: slow, refused by our append-only ledgers, and it takes the
roles and settings that the migrations made with it. Here the tables with rows in them are emptied
and the migrations' own rows put back, with triggers off; sequences go on as they do after any test.
"""

from django.db import connections, transaction
from django.test import TransactionTestCase

SAVED = "saved_by_tests"
TABLES = """
    SELECT quote_ident(tablename) FROM pg_tables
    WHERE schemaname = %s AND tablename <> 'django_migrations' ORDER BY 1
"""
WITHOUT_TRIGGERS = "SET LOCAL session_replication_role = replica"
set_up_as_django_does = TransactionTestCase._fixture_setup.__func__


def pytest_configure():
    TransactionTestCase._fixture_setup = classmethod(set_up)
    TransactionTestCase._fixture_teardown = tear_down


def set_up(case):
    """Save the migrations' rows before the first test that commits, then do as Django does."""
    set_up_as_django_does(case)
    for name in case._databases_names(include_mirrors=False):
        with connections[name].cursor() as cursor:
            if not exists(cursor, SAVED):
                save(cursor)


def tear_down(case):
    """Restore every database that the test could have written to."""
    for name in case._databases_names(include_mirrors=False):
        with transaction.atomic(using=name), connections[name].cursor() as cursor:
            restore(cursor)


def exists(cursor, schema):
    cursor.execute("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = %s)", [schema])
    return cursor.fetchone()[0]


def save(cursor):
    cursor.execute(f"CREATE SCHEMA {SAVED}")
    for table in filled(cursor, "public"):
        cursor.execute(f"CREATE TABLE {SAVED}.{table} AS TABLE public.{table}")


def restore(cursor):
    cursor.execute(WITHOUT_TRIGGERS)
    for table in filled(cursor, "public"):
        cursor.execute(f"DELETE FROM public.{table}")
    for table in names(cursor, SAVED):
        columns = ", ".join(writable_columns(cursor, table))
        cursor.execute(
            f"INSERT INTO public.{table} ({columns}) OVERRIDING SYSTEM VALUE"
            f" SELECT {columns} FROM {SAVED}.{table}"
        )


def names(cursor, schema):
    cursor.execute(TABLES, [schema])
    return [table for (table,) in cursor.fetchall()]


def filled(cursor, schema):
    """Return the tables that have any row, asked in one query."""
    asked = [
        f"SELECT '{table}' WHERE EXISTS (SELECT FROM {schema}.{table})"
        for table in names(cursor, schema)
    ]
    cursor.execute(" UNION ALL ".join(asked))
    return [table for (table,) in cursor.fetchall()]


def writable_columns(cursor, table):
    """Return the columns that are not computed by the database itself."""
    cursor.execute(
        """
        SELECT quote_ident(attname) FROM pg_attribute
        WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        ORDER BY attnum
        """,
        [f"public.{table}"],
    )
    return [column for (column,) in cursor.fetchall()]
