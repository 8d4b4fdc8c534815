"""The live page in a real browser: it changes by itself, and the reader keeps the place."""

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from grader.browser import serve

pytestmark = pytest.mark.slow


def _page(title: str, word: str) -> str:
    parts = "".join(f"<details><summary>{n}</summary>{word}</details>" for n in range(3))
    return f"<!DOCTYPE html><html lang=en><title>{title}</title><h1>{word}</h1>{parts}<p style='height:300vh'>x</p>"


@pytest.fixture
def live():
    with serve(_page("one", "first"), "Questions", "en") as page:
        yield page


@pytest.fixture
def tab(browser, live):
    context = browser.new_context(bypass_csp=False)
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(live.address)
    page.frame_locator("iframe").locator("h1").wait_for()
    yield page
    context.close()
    assert not [text for text in complaints if "Content Security Policy" in text]


def test_a_new_page_comes_by_itself_and_keeps_scroll_and_what_was_open(live, tab):
    frame = tab.frames[1]
    frame.evaluate("document.querySelectorAll('details')[1].open = true")
    frame.evaluate("scrollTo(0, 200)")
    live.show(_page("two", "second"))
    tab.wait_for_function("document.title === 'two'")
    frame = tab.frames[1]
    assert frame.evaluate("document.querySelector('h1').textContent") == "second"
    assert frame.evaluate("[...document.querySelectorAll('details')].map(part => part.open)") == [
        False,
        True,
        False,
    ]
    assert frame.evaluate("scrollY") == 200
    assert tab.evaluate("document.getElementById('news').textContent") == "New result: two"


def test_a_script_in_the_page_does_not_run(live, tab):
    live.show(_page("two", "<script>parent.document.title = 'hijacked'</script>second"))
    tab.wait_for_function("document.title === 'two'")
    assert tab.title() == "two"


def test_the_end_is_said(live, tab):
    live.close()
    tab.wait_for_selector("#news.ended")
    assert "the grader has ended" in tab.evaluate("document.getElementById('news').textContent")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_frame_has_no_violation(browser, violations, language):
    with serve(_page("one", "first"), "Questions", language) as live:
        context = browser.new_context(bypass_csp=True)
        page = context.new_page()
        page.goto(live.address)
        found = violations(page)
        context.close()
    assert not [pair for pair in found if "iframe" in pair[1] or pair[0].startswith("html")]
