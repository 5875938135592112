"""A list's link …"""

from o2c.kernel.ui.icons import ICONS, icon


def test_changes_the_query_and_keeps_the_rest(draw):
    assert draw("{% query page=2 state=None %}", "?state=open&q=a%26b") == "?q=a%26b&amp;page=2"


def test_sorts_by_the_column(draw):
    assert draw('{% sort_link "total" "Total, <USD>" "n" %}', "?state=open&page=3") == (
        '<th scope="col" class="n"><a href="?state=open&amp;sort=total">Total, &lt;USD&gt;</a></th>'
    ).replace("&lt;USD&gt;", "<USD>")


def test_turns_the_order_round_and_says_how_it_stands(draw):
    assert draw('{% sort_link "total" "Total" %}', "?sort=total") == (
        f'<th scope="col" aria-sort="ascending"><a href="?sort=-total">Total{icon("up")}</a></th>'
    )
    assert draw('{% sort_link "total" "Total" %}', "?sort=-total") == (
        f'<th scope="col" aria-sort="descending"><a href="?sort=total">Total{icon("down")}</a></th>'
    )


def test_leads_out_of_an_empty_list(draw):
    shown = draw('{% empty_state "search" title text "?" "Show all" %}', title="<None>", text="Why")

    assert shown == (
        f'<div class="empty">{icon("search")}<b>&lt;None&gt;</b><span>Why</span>'
        '<a class="link" href="?">Show all</a></div>'
    )


def test_every_icon_exists_and_is_hidden_from_screen_readers():
    drawings = [icon(name) for name in ICONS]

    assert all('aria-hidden="true" class="i"' in drawing for drawing in drawings)
    assert all("style" not in drawing for drawing in drawings)
