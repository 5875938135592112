import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)

LEFT = {}


def figures():
    return {"groups": Group.objects.count(), "types": ContentType.objects.count()}


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_committing_test_finds_what_the_migrations_left(turn):
    found = LEFT.setdefault("figures", figures())

    assert figures() == found
    Group.objects.create(name="left behind")
    ContentType.objects.all().delete()


def test_triggers_and_foreign_keys_hold_again_in_the_next_test():
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")

        assert cursor.fetchone() == ("origin",)
