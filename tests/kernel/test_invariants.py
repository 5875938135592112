"""The books are checked by queries that return what breaks a rule."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from o2c.kernel.invariants import INVARIANTS, check_all
from o2c.kernel.models import OutboxMessage


@pytest.fixture
def forgotten(db):
    """A message that no worker has come for in two days."""
    return OutboxMessage.objects.create(
        event="x",
        handler="y.send",
        payload={},
        created_at=timezone.now() - timedelta(days=2),
        due_at=timezone.now() - timedelta(days=2),
    )


def test_names_the_rule_and_shows_the_row(forgotten):
    [finding] = check_all()

    assert (finding.name, finding.count) == ("kernel.no_message_is_forgotten", 1)
    assert f"id={forgotten.pk}, handler=y.send" in finding.sample[0]


def test_command_fails_when_a_rule_is_broken(forgotten, capsys):
    with pytest.raises(SystemExit) as status:
        call_command("check_books")

    said = capsys.readouterr()
    assert status.value.code == 1
    assert said.out == f"{len(INVARIANTS)} invariants checked, 1 broken\n"
    assert said.err.startswith("kernel.no_message_is_forgotten: 1 rows\n")


@pytest.mark.django_db
def test_finds_nothing_in_empty_books():
    assert check_all() == []


def test_every_rule_has_a_name_of_its_own():
    names = [rule.name for rule in INVARIANTS]

    assert len(names) == len(set(names)) >= 45
