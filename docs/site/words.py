"""The theme's own words in French: those that Sphinx has no translation of."""

import re
from pathlib import Path

from babel.messages import mofile
from babel.messages.catalog import Catalog

FRENCH = {
    "About these documents": "À propos de ces documents",
    "Back to top": "Retour en haut",
    "Contents": "Contenu",
    "Home": "Accueil",
    "Made with ": "Réalisé avec ",
    "Next": "Suivant",
    "On this page": "Sur cette page",
    "Previous": "Précédent",
    "Search": "Recherche",
    "Skip to content": "Aller au contenu",
}
FRENCH_COPYRIGHT = "les auteurs de jaxcnn, Apache-2.0"
# What the theme's templates do not offer for translation, as it stands in the pages.
FRENCH_MARKUP = {
    'aria-label="Toggle site navigation sidebar"': 'aria-label="Ouvrir ou fermer la navigation"',
    'aria-label="Toggle table of contents sidebar"': 'aria-label="Ouvrir ou fermer le sommaire"',
    'aria-label="Toggle Light / Dark / Auto color theme"': 'aria-label="Thème clair, sombre ou automatique"',
    "<title>Contents</title>": "<title>Sommaire</title>",
    "<title>Expand</title>": "<title>Déplier</title>",
    "<title>Light mode</title>": "<title>Thème clair</title>",
    "<title>Dark mode</title>": "<title>Thème sombre</title>",
    "<title>Auto light/dark, in light mode</title>": "<title>Thème automatique, clair</title>",
    "<title>Auto light/dark, in dark mode</title>": "<title>Thème automatique, sombre</title>",
}
# What readers with a screen reader need, and the theme leaves out.
_ASIDES = {"en": ("Navigation", "On this page"), "fr": ("Navigation", "Sur cette page")}
_GUIDE = re.compile(r'(<a class="(?:current )?reference internal")( href="(?:\.\./)*\w+\.html")')


def write_catalog(folder: Path) -> Path:
    """Write the words as Sphinx's catalogue of French; returns the folder, for ``locale_dirs``."""
    catalog = Catalog(locale="fr", domain="sphinx")
    for english, french in FRENCH.items():
        catalog.add(english, french)
    target = folder / "fr" / "LC_MESSAGES" / "sphinx.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as stream:
        mofile.write_mo(stream, catalog)
    return folder


def finish_pages(folder: Path, language: str) -> None:
    """Put into the pages what the theme's templates have in English only, or not at all."""
    for page in folder.rglob("*.html"):
        page.write_text(finished(page.read_text("utf-8"), language), "utf-8")


def finished(text: str, language: str) -> str:
    """A page with French words where it is French, and with what a screen reader says of its parts.

    >>> finished('<p class="caption" role="heading">', "en")
    '<p class="caption" role="heading" aria-level="2">'
    """
    navigation, contents = _ASIDES[language]
    text = text.replace(
        'class="caption" role="heading"', 'class="caption" role="heading" aria-level="2"'
    )
    text = text.replace(
        '<aside class="sidebar-drawer"', f'<aside aria-label="{navigation}" class="sidebar-drawer"'
    )
    text = text.replace(
        '<aside class="toc-drawer', f'<aside aria-label="{contents}" class="toc-drawer'
    )
    text = text.replace('<th class="head"><p></p></th>', '<td class="head"></td>')
    if language == "fr":
        for english, french in FRENCH_MARKUP.items():
            text = text.replace(english, french)
        text = _GUIDE.sub(r'\1 lang="en"\2', text)  # guides are in English, and so are their names
    return text
