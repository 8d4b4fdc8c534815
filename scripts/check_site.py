"""Checks the pages that ``scripts/build_site.py`` has built: ``python scripts/check_site.py [FOLDER]``.

A link inside the site leads to a page and to a place in it, one to elsewhere is well formed; nothing is fetched from
elsewhere; the other language is one link away and back; pictures are described; no cell shows a warning or a path of
the machine that has run it. Nothing is asked of the network.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parents[1]
_FETCHED = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src"}
_NOT_FETCHED = frozenset({"canonical", "alternate", "index", "search", "next", "prev", "author"})
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?$")
_PATH = re.compile(r"(?<![\w/.:])/\w[\w.-]*/[\w./-]+")
_WARNING = re.compile(r"\b\w*Warning: |^(?:WARNING|ERROR|INFO)\b", re.MULTILINE)


class Page(HTMLParser):
    """What is checked of one page.

    Attributes:
        links: The addresses of links, with the language of the page behind each where the link says it.
        fetched: The addresses of what a browser fetches to show the page.
        anchors: The places that a link can lead to.
        outputs: What the cells have printed, piece by piece.
        bare: Pictures that nothing describes.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.links: list[tuple[str, str | None]] = []
        self.fetched: list[str] = []
        self.anchors: set[str] = set()
        self.outputs: list[str] = []
        self.bare: list[str] = []
        self._depth = 0  # of elements inside an output
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append((given["href"], given.get("hreflang")))
        address = given.get(_FETCHED.get(tag, ""), "")
        if address and not (tag == "link" and given.get("rel", "") in _NOT_FETCHED):
            self.fetched.append(address)
        if tag == "img" and "alt" not in given:
            self.bare.append(address)
        if tag == "div" and (self._depth or "output" in given.get("class", "").split()):
            self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "div" and self._depth:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.outputs.append(data)


@cache
def read(path: Path) -> Page:
    return Page(path)


def faults(folder: Path) -> Iterator[str]:
    """What is wrong, one sentence each."""
    pages = sorted(folder.rglob("*.html"))
    if not pages:
        yield f"{folder} has no pages"
    for path in pages:
        page = read(path)
        told = path.relative_to(folder)
        for address, _ in page.links:
            if why := _broken(page, address, folder):
                yield f"{told}: {address} {why}"
        for address in page.fetched:
            parts = urlsplit(address)
            if parts.netloc:
                yield f"{told}: {address} is fetched from elsewhere"
            elif why := _broken(page, address, folder):
                yield f"{told}: {address} {why}"
        yield from (
            f"{told}: {address} has no words for who cannot see it" for address in page.bare
        )
        printed = "".join(page.outputs)
        for pattern in (_PATH, _WARNING):
            yield from (f"{told}: a cell shows {found[0]!r}" for found in pattern.finditer(printed))
        if path.parent != folder:
            yield from (f"{told}: {why}" for why in _lonely(page, folder))


def _broken(page: Page, address: str, folder: Path) -> str | None:
    """What is wrong with a link, or None."""
    try:
        parts = urlsplit(address)
    except ValueError as error:
        return f"is no address: {error}"
    if parts.scheme in ("data", "mailto"):
        return None
    if parts.scheme or parts.netloc:
        fine = (
            parts.scheme in ("http", "https") and _HOST.match(parts.netloc) and " " not in address
        )
        return None if fine else "is no address"
    target = page.path
    if parts.path:
        target = Path(os.path.normpath(page.path.parent / unquote(parts.path)))
    if not target.is_relative_to(folder):
        return "leaves the site"
    if not target.is_file():
        return "leads nowhere"
    anchor = unquote(parts.fragment)
    if anchor and target.suffix == ".html" and anchor not in read(target).anchors | {"top"}:
        return "leads to no place of that page"
    return None


def _lonely(page: Page, folder: Path) -> Iterator[str]:
    """A page without the other language, or whose other page does not lead back."""
    there = [address for address, language in page.links if language]
    if len(there) != 1:
        yield f"has {len(there)} links to the other language"
        return
    other = Path(os.path.normpath(page.path.parent / there[0]))
    of_reference = "api" in page.path.parts or page.path.stem in ("genindex", "py-modindex")
    if of_reference or not other.is_file():
        return  # the reference is in English only; a broken link was told above
    back = [address for address, language in read(other).links if language]
    if not any((other.parent / address).resolve() == page.path.resolve() for address in back):
        yield f"{there[0]} does not lead back"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "site")
    folder = parser.parse_args().folder.resolve()
    found = list(faults(folder))
    for fault in found:
        print(fault)
    pages = list(folder.rglob("*.html"))
    links = sum(len(read(path).links) + len(read(path).fetched) for path in pages)
    print(f"{len(pages)} pages, {links} links, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
