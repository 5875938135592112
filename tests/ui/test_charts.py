"""A chart …"""

import pytest

from o2c.kernel.ui.charts import Step
from o2c.kernel.ui.plots import Line


@pytest.mark.parametrize(
    ("source", "context", "shown"),
    [
        (
            '{% bar parts size="lg" label=label total=200 marks=marks %}',
            {
                "parts": [(50, "f1"), (0, "f2"), (100, "fb")],
                "label": '75 "percent"',
                "marks": [150],
            },
            '<svg class="bar lg" role="img" aria-label="75 &quot;percent&quot;">'
            '<rect class="fr" width="100%" height="100%"/>'
            '<rect class="f1" x="0.00%" y="0" width="25.00%" height="100%"/>'
            '<rect class="fb" x="25.00%" y="0" width="50.00%" height="100%"/>'
            '<line class="mark" x1="75.00%" x2="75.00%" y1="-3" y2="115%"/></svg>',
        ),
        (
            "{% age buckets %}",
            {"buckets": [300, 0, 100, 0, 0]},
            '<svg class="bar sm" role="img" '
            'aria-label="Balance: not due 300, 31–60 days 100">'
            '<rect class="a0" x="0.00%" y="0" width="75.00%" height="100%"/>'
            '<rect class="a2" x="75.00%" y="0" width="25.00%" height="100%"/></svg>',
        ),
        (
            "{% age buckets %}",
            {"buckets": [0, 0, 0, 0, 0]},
            '<svg class="bar sm" role="img" aria-label="Balance: nothing open">'
            '<rect class="fr" width="100%" height="100%"/></svg>',
        ),
        (
            "{% spark values %}",
            {"values": [1, 2, 3]},
            '<svg class="spark" aria-hidden="true"><svg viewBox="0 0 100 100" '
            'preserveAspectRatio="none" width="100%" height="100%" overflow="visible">'
            '<polyline class="l1" points="0.0,92.0 50.0,50.0 100.0,8.0"/></svg></svg>',
        ),
        (
            "{% level 1 2 %}",
            {},
            '<span class="lvl" role="img" aria-label="Dunning level 1 of 2">'
            '<i class="on"></i><i></i></span>',
        ),
    ],
)
def test_is_drawn_in_attributes(draw, source, context, shown):
    assert draw(source, **context) == shown


def test_marks_the_stage_that_is_blocked(draw):
    shown = draw('{% stage 3 "x" %}')

    assert shown.startswith('<svg class="stage" role="img" aria-label="Stage 3 of 8: Allocated">')
    assert [part.split('"')[0] for part in shown.split('<rect class="')[1:]] == (
        ["d", "d", "x", "", "", "", "", ""]
    )


def test_says_where_a_document_stands(draw):
    steps = [
        Step(name="Entered", note="42 s", state="done"),
        Step(name="Credit", note="<b>", state="block"),
        Step(name="Paid"),
    ]

    assert draw("{% steps steps %}", steps=steps) == (
        '<ol class="steps"><li data-s="done"><b>Entered</b><span>42 s</span></li>'
        '<li data-s="block" aria-current="step"><b>Credit</b><span>&lt;b&gt;</span></li>'
        "<li><b>Paid</b></li></ol>"
    )


def test_draws_columns_from_zero(draw):
    shown = draw(
        '{% column_chart values labels label="Cash per week" muted=1 %}',
        values=[200, 400],
        labels=["<1>", "2"],
    )

    assert '<rect class="f2" x="10.00" width="30.00" y="50.00" height="50.00"/>' in shown
    assert '<rect class="f1" x="60.00" width="30.00" y="0.00" height="100.00"/>' in shown
    assert "<span>400</span><span>300</span><span>200</span><span>100</span><span>0</span>" in shown
    assert (
        '<div class="x band" aria-hidden="true"><span>&lt;1&gt;</span><span>2</span></div>' in shown
    )


def test_draws_lines_on_one_round_scale(draw):
    shown = draw(
        '{% line_chart lines labels label="DSO" target=40 %}',
        lines=[Line(values=[47, 42]), Line(values=[34, 34], style="l3")],
        labels=["Oct", "Nov"],
    )

    assert "<span>48</span><span>44</span><span>40</span><span>36</span><span>32</span>" in shown
    assert '<line class="l2" x1="0" x2="100" y1="50.00" y2="50.00"/>' in shown
    assert '<polyline class="l1" points="0.00,6.25 100.00,37.50"/>' in shown
    assert '<text class="t-acc" x="100%" y="37.50%" dy="-10" text-anchor="end">42.0</text>' in shown


@pytest.mark.parametrize(
    "source",
    [
        "{% bar values %}",
        '{% column_chart values values label="None yet" %}',
        '{% line_chart values values label="None yet" %}',
    ],
)
def test_stands_empty_when_there_is_no_figure(draw, source):
    assert "<svg" in draw(source, values=[])


def test_keeps_its_scale_when_all_figures_are_alike(draw):
    shown = draw(
        '{% line_chart lines labels label="Flat" %}', lines=[Line(values=[0, 0])], labels=["a", "b"]
    )

    assert '<polyline class="l1" points="0.00,100.00 100.00,100.00"/>' in shown
