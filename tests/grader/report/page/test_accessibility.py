"""The page in a browser: for a telephone, a keyboard, a screen reader, by day and by night.

Skipped where there is no Chromium, no Playwright or no axe-core; `tests/grader/conftest.py` says how to get them.
"""

import pytest

from grader.report.page import statements_to_html

_SIZES = {"a screen": (1280, 900), "a telephone": (390, 844)}

pytestmark = pytest.mark.slow


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a page; what the browser complains of is an error."""
    contexts, complaints = [], []

    def open_page(text, size="a screen", scheme="light", **options):
        (tmp_path / "page.html").write_text(text, encoding="utf-8")
        width, height = _SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        page.goto((tmp_path / "page.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


@pytest.mark.parametrize("size", _SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["fr", "en"])
class TestAxe:
    def test_a_result_has_no_violation(self, opened, violations, full_page, language, scheme, size):
        page = opened(full_page(language), size, scheme, bypass_csp=True)
        assert not violations(page)

    def test_statements_have_no_violation(self, opened, violations, course, language, scheme, size):
        text = statements_to_html(course, language, course.questions, hints=True)
        assert not violations(opened(text, size, scheme, bypass_csp=True))


@pytest.mark.parametrize("size", _SIZES)
def test_nothing_is_wider_than_the_window(opened, full_page, size):
    page = opened(full_page("fr"), size)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_picture_is_drawn_under_the_pages_own_policy(opened, full_page):
    page = opened(full_page("en"))
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    widths = page.evaluate("[...document.images].map(image => image.naturalWidth)")
    assert widths
    assert all(widths)


def test_a_keyboard_reaches_the_content_the_light_and_what_is_folded(opened, full_page):
    page = opened(full_page("en"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "light-auto"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "light-night"
    page.evaluate("document.querySelectorAll('summary')[0].focus()")
    before = page.evaluate("document.querySelectorAll('details')[0].open")
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelectorAll('details')[0].open") is not before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_switch_beats_the_system(opened, full_page, scheme):
    page = opened(full_page("en"), scheme=scheme)
    paper = "getComputedStyle(document.body).backgroundColor"
    seen = {"auto": page.evaluate(paper)}
    for light in ("day", "night"):
        page.evaluate(f"document.getElementById('light-{light}').click()")
        seen[light] = page.evaluate(paper)
    assert seen["day"] != seen["night"]
    assert seen["auto"] == seen["day" if scheme == "light" else "night"]
