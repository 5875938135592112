"""How wide pages are where people work: at a desk and on a phone."""

from playwright.sync_api import Page

WIDTHS = (1440, 390)
# What sticks out of its panel to the right; what scrolls in its own box, or is shut, does not.
STICKS_OUT = """() => [...document.querySelectorAll("main .panel *")].filter(element => {
  if (element.closest(".twrap, .scroll-x, .views, .vh, details:not([open])")) return false;
  const box = element.getBoundingClientRect();
  return box.width && box.right > element.closest(".panel").getBoundingClientRect().right + 1;
}).map(element => element.outerHTML.slice(0, 120))"""


def assert_fits(page: Page) -> None:
    """Fail when the page scrolls sideways at a usual width, or something sticks out of a panel."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert page.evaluate(STICKS_OUT) == [], width
