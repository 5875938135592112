"""Notices: told once per person and key, read by nobody but the person."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel import notices, roles
from o2c.kernel.models import Notice
from o2c.kernel.tasks import forget_notices
from tests.factories import UserFactory

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def told(now):
    """Tell a person of several things: `told(user, 3)`."""

    def tell(user, count=1):
        for number in range(count):
            notices.tell([user.pk], key=f"case-{number}", text=f"Case {number}", link="/", at=now)
        return list(Notice.objects.filter(user=user).order_by("pk"))

    return tell


@pytest.fixture
def rep(person):
    return person(roles.SALES_REP)


@pytest.fixture
def desk(client, company, rep):
    client.force_login(rep)
    return client


@pytest.mark.django_db
def test_each_person_is_told_once_per_key_in_one_statement(now, django_assert_num_queries):
    people = [user.pk for user in UserFactory.create_batch(20)]

    with django_assert_num_queries(1):
        notices.tell(people, key="case-1", text="A case", link="/credit/", at=now)
    notices.tell([*people, people[0]], key="case-1", text="Again", link="/credit/", at=now)

    assert Notice.objects.filter(text="A case").count() == 20
    assert Notice.objects.count() == 20


@pytest.mark.django_db
def test_text_that_is_too_long_is_clipped(rep, now):
    notices.tell([rep.pk], key="k", text="x" * 400, link="/", at=now)

    assert Notice.objects.get().text == "x" * 299 + "…"


@pytest.mark.django_db
def test_finds_the_people_of_roles_who_may_sign_in(person):
    analyst, manager = person(roles.CREDIT_ANALYST), person(roles.CREDIT_MANAGER)
    both = person(roles.CREDIT_ANALYST, roles.CREDIT_MANAGER)
    person(roles.SALES_REP)
    gone = person(roles.CREDIT_ANALYST)
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)

    found = notices.people_of(roles.CREDIT_ANALYST, roles.CREDIT_MANAGER)

    assert found == [analyst.pk, manager.pk, both.pk]


def test_bell_counts_what_is_unread(desk, rep, told):
    told(rep, 3)
    told(UserFactory.create(), 5)

    page = desk.get("/notices/unread/").content.decode()

    assert ", 3 unread" in page
    assert '<b class="badge" aria-hidden="true">3</b>' in page


def test_bell_is_silent_when_all_is_read(desk):
    assert desk.get("/notices/unread/").content.decode().strip() == '<span class="unread"></span>'


def test_lists_own_notices_newest_first(desk, rep, told):
    mine = told(rep, 2)
    told(UserFactory.create(), 1)

    response = desk.get("/notices/")

    assert response.context["rows"] == mine[::-1]


def test_opening_a_notice_reads_it_and_leads_to_where_it_is_solved(desk, rep, now):
    notices.tell([rep.pk], key="k", text="Look", link="/credit/?case=CR-1", at=now)
    notice = Notice.objects.get()

    response = desk.post(f"/notices/{notice.pk}/read/", {"open": "1"}, **HTMX)

    notice.refresh_from_db()
    assert response.headers["HX-Redirect"] == "/credit/?case=CR-1"
    assert notice.read_at is not None


def test_marks_one_read_in_its_row(desk, rep, told):
    first, second = told(rep, 2)

    response = desk.post(f"/notices/{first.pk}/read/", **HTMX)

    assert response.content.decode().strip().startswith(f'<li id="notice-{first.pk}">')
    assert "notices-read" in response.headers["HX-Trigger"]
    assert list(Notice.objects.filter(read_at=None)) == [second]


def test_marks_all_read_that_were_shown(desk, rep, told):
    first, second, third = told(rep, 3)

    desk.post("/notices/read/", {"up_to": second.pk})

    assert list(Notice.objects.filter(read_at=None)) == [third]
    assert first.pk < second.pk


@pytest.mark.parametrize("entered", [{}, {"up_to": "x"}, {"up_to": "9" * 40}])
def test_marks_nothing_when_it_does_not_say_up_to_where(desk, rep, told, entered):
    told(rep)

    response = desk.post("/notices/read/", entered)

    assert response.status_code == 302
    assert Notice.objects.filter(read_at=None).count() == 1


def test_nobody_reads_another_ones_notice(desk, told):
    (notice,) = told(UserFactory.create())

    response = desk.post(f"/notices/{notice.pk}/read/", {"open": "1"})

    notice.refresh_from_db()
    assert response.status_code == 404
    assert notice.read_at is None


def test_list_takes_the_same_statements_for_20(desk, rep, told):
    told(rep, 1)
    with CaptureQueriesContext(connection) as one:
        desk.get("/notices/")
    told(rep, 20)

    with CaptureQueriesContext(connection) as twenty:
        desk.get("/notices/")

    assert len(one) == len(twenty) == 8


def test_more_than_a_page_is_led_on_to(desk, rep, told):
    mine = told(rep, 51)

    response = desk.get("/notices/")
    rest = desk.get("/notices/", {"before": response.context["before"]}, **HTMX)

    assert len(response.context["rows"]) == 50
    assert rest.content.decode().count("<li ") == 1
    assert f'id="notice-{mine[0].pk}"' in rest.content.decode()


@pytest.mark.django_db
def test_forgets_what_was_read_long_ago_only(rep, told, now):
    read, unread = told(rep, 2)
    notices.mark_read(rep.pk, read.pk, at=now)

    result = forget_notices(now.date(), at=now + timedelta(days=91), actor=None)

    assert result == {"forgotten": 1}
    assert list(Notice.objects.all()) == [unread]
