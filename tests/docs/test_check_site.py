"""What scripts/check_site.py finds in the pages of a site."""

import pytest

_SWITCH = '<a href="{}" hreflang="xx">other</a>'


@pytest.fixture
def faults(script, tmp_path):
    """The faults of a site of two pages, one in each language, that hold these bodies."""
    checks = script("check_site")

    def found(body="", other=""):
        for language, there, inside in (("en", "fr", body), ("fr", "en", other)):
            (tmp_path / language).mkdir(exist_ok=True)
            page = (
                f'<h1 id="top-{language}">x</h1>{inside}{_SWITCH.format(f"../{there}/page.html")}'
            )
            (tmp_path / language / "page.html").write_text(page, "utf-8")
        checks.read.cache_clear()
        return list(checks.faults(tmp_path))

    return found


def test_a_site_whose_links_all_lead_somewhere_has_none(faults):
    body = """<a href="../fr/page.html#top-fr">a</a> <a href="#top-en">b</a> <a href="https://example.org/x?y=1#z">c</a>
    <img src="data:image/png;base64,AA" alt="d"> <div class="output"><pre>12 / 24, shape (8, 3)</pre></div>"""
    assert faults(body) == []


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('<a href="nowhere.html">a</a>', "nowhere.html leads nowhere"),
        ('<a href="#nothing">a</a>', "#nothing leads to no place of that page"),
        ('<a href="../fr/page.html#no">a</a>', "../fr/page.html#no leads to no place of that page"),
        ('<a href="../../up.html">a</a>', "../../up.html leaves the site"),
        ('<a href="http//example.org">a</a>', "http//example.org leads nowhere"),
        ('<a href="https://example">a</a>', "https://example is no address"),
        ('<script src="https://cdn.example.org/m.js"></script>', "is fetched from elsewhere"),
        ('<img src="page.html">', "page.html has no words for who cannot see it"),
        ('<div class="output"><div>/home/me/x.py:3: </div></div>', "a cell shows '/home/me/x.py'"),
        ('<div class="output"><pre>UserWarning: no</pre></div>', "a cell shows 'UserWarning: '"),
    ],
)
def test_names_what_is_wrong(faults, body, why):
    (found,) = faults(body)
    assert found.startswith("en/page.html: ")
    assert found.endswith(why)


def test_a_page_must_be_where_the_other_languages_page_says(faults, tmp_path):
    faults()
    (tmp_path / "fr" / "page.html").write_text(_SWITCH.format("../en/third.html"), "utf-8")
    (tmp_path / "en" / "third.html").write_text("third", "utf-8")
    import check_site

    check_site.read.cache_clear()
    assert {*check_site.faults(tmp_path)} == {
        "en/page.html: ../fr/page.html does not lead back",
        "en/third.html: has 0 links to the other language",
        "fr/page.html: ../en/third.html does not lead back",
    }
