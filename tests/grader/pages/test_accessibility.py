"""The page of a class in a browser; skipped where ``tests/grader/conftest.py`` finds none."""

import pytest

from grader.pages import class_page

pytestmark = pytest.mark.slow


@pytest.fixture
def opened(browser, told, a_class, tmp_path):
    contexts = []

    def open_page(language, scheme, width):
        path = tmp_path / "index.html"
        page = class_page(told(total=20.0), a_class.course, language, links={"ada": "x.html"})
        path.write_text(page, encoding="utf-8")
        size = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)
        contexts.append(context)
        tab = context.new_page()
        tab.goto(path.as_uri())
        return tab

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_has_no_violation_and_fits_the_window(opened, violations, language, scheme, width):
    page = opened(language, scheme, width)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not violations(page)
