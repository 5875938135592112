"""Folders of partners: nothing is lost and nothing is placed twice, wherever somebody dies."""

import os
import time
from functools import partial

import pytest

from o2c.kernel.models import OutboxMessage
from o2c.kernel.outbox import deliver_due
from orders.models import IntakeDocument, Order, PartnerMessage
from orders.partners import folders, receiving
from tests.factories import NOW
from tests.orders.edi.conftest import sample
from tests.orders.factories import TradingPartnerFactory
from tests.race import meanwhile

OLD = time.time() - 60


@pytest.fixture
def folder(books, settings, tmp_path):
    """Hollis Water's folder, watched."""
    settings.EDI_FOLDER = str(tmp_path)
    TradingPartnerFactory.create(
        customer=books, identifier="004711815", transport="folder", address="hollis"
    )
    (tmp_path / "hollis/in").mkdir(parents=True)
    return tmp_path / "hollis"


def lay(folder, name, content, *, age=OLD):
    path = folder / "in" / name
    path.write_bytes(content)
    os.utime(path, (age, age))
    return path


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def deliver():
    while deliver_due(limit=100):
        pass


@pytest.mark.django_db(transaction=True)
def test_a_file_is_read_answered_and_put_aside(folder):
    lay(folder, "po.edi", sample("order.850.edi"))

    assert folders.take_from_folders(at=NOW) == 1
    deliver()

    order = Order.objects.get()
    answers = PartnerMessage.objects.order_by("pk")
    assert (order.customer_po, order.state) == ("4711", "released")
    assert [(message.kind, message.state) for message in answers] == [
        ("997", "sent"),
        ("855", "sent"),
    ]
    assert tree(folder) == sorted(
        ["done/po.edi", *(f"out/{message.kind}-{message.control}.edi" for message in answers)]
    )


def test_what_is_not_whole_stays(folder):
    lay(folder, "new.edi", sample("order.850.edi"), age=time.time())
    lay(folder, "po.edi.part", sample("order.850.edi"))
    lay(folder, ".hidden.edi", sample("order.850.edi"))

    assert folders.take_from_folders(at=NOW) == 0
    assert len(list((folder / "in").iterdir())) == 3


def test_what_is_too_large_is_set_aside(folder, settings):
    settings.INTAKE_MAX_BYTES = 10
    lay(folder, "po.edi", sample("order.850.edi"))

    assert folders.take_from_folders(at=NOW) == 0
    assert tree(folder) == ["failed/po.edi"]


def test_a_name_that_was_there_before_is_kept_beside_it(folder):
    for _time in range(2):
        lay(folder, "po.edi", sample("order.850.edi"))
        folders.take_from_folders(at=NOW)

    assert tree(folder) == ["done/po-1.edi", "done/po.edi"]


@pytest.mark.parametrize("address", ["../elsewhere", "/etc", "."])
def test_a_folder_outside_is_never_looked_into(folder, settings, tmp_path, address):
    (tmp_path.parent / "elsewhere/in").mkdir(parents=True, exist_ok=True)
    TradingPartnerFactory.create(identifier="X", transport="folder", address=address)
    lay(folder, "po.edi", sample("order.850.edi"))

    assert folders.take_from_folders(at=NOW) == 1


STEPS = {
    "while it is kept": (receiving, "publish"),
    "before it is moved": (folders, "move"),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", STEPS)
def test_dying_at_any_step_loses_and_doubles_nothing(folder, monkeypatch, step):
    module, name = STEPS[step]
    lay(folder, "po.edi", sample("order.850.edi"))
    with monkeypatch.context() as broken:
        broken.setattr(module, name, killed)
        with pytest.raises(Killed):
            folders.take_from_folders(at=NOW)
    assert tree(folder) == ["in/po.edi"]

    folders.take_from_folders(at=NOW)
    deliver()

    states = IntakeDocument.objects.exclude(state="duplicate").values_list("state", flat=True)
    assert Order.objects.count() == 1
    assert list(states) == ["accepted"]
    assert tree(folder)[0] == "done/po.edi"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["acknowledge_file", "hear"])
def test_dying_while_it_is_read_reads_it_again(folder, monkeypatch, name):
    lay(folder, "po.edi", sample("order.850.edi"))
    folders.take_from_folders(at=NOW)
    with monkeypatch.context() as broken:
        broken.setattr(f"orders.intake.services.{name}", killed)
        with pytest.raises(Killed):
            deliver_due(limit=1)
    OutboxMessage.objects.filter(delivered_at=None).update(due_at=NOW)
    deliver()

    assert Order.objects.count() == 1
    kinds = PartnerMessage.objects.order_by("kind").values_list("kind", "state")
    assert list(kinds) == [("855", "sent"), ("997", "sent")]


class Killed(BaseException):
    """Whoever worked here is gone."""


def killed(*_arguments, **_named):
    raise Killed


@pytest.fixture
def two_watchers(folder, monkeypatch):
    """Look into the folders, and once more when a file has been read; return what each took."""
    lay(folder, "po.edi", sample("order.850.edi"))
    watch = partial(folders.take_from_folders, at=NOW)

    def look_too(first=lambda: None):
        first()
        return watch()

    return lambda *first: meanwhile(
        monkeypatch, (folders, "_content_of"), watch, partial(look_too, *first)
    )


@pytest.mark.django_db(transaction=True)
def test_two_watchers_at_once_read_a_file_once(two_watchers):
    assert two_watchers() == [1, 0]


@pytest.mark.django_db(transaction=True)
def test_both_watchers_read_it_without_the_lock(two_watchers, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    assert two_watchers(lambda: monkeypatch.setattr(folders, "LOCK", "another")) == [1, 1]
