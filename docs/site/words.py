"""The theme's own words in French: those that Sphinx has no translation of."""

from pathlib import Path

from babel.messages import mofile
from babel.messages.catalog import Catalog

FRENCH = {
    "About these documents": "À propos de ces documents",
    "Back to top": "Retour en haut",
    "Contents": "Contenu",
    "Home": "Accueil",
    "Next": "Suivant",
    "On this page": "Sur cette page",
    "Previous": "Précédent",
    "Search": "Recherche",
    "Skip to content": "Aller au contenu",
}
# What the theme's templates do not offer for translation, as it stands in the pages.
FRENCH_MARKUP = {
    'aria-label="Toggle site navigation sidebar"': 'aria-label="Ouvrir ou fermer la navigation"',
    'aria-label="Toggle table of contents sidebar"': 'aria-label="Ouvrir ou fermer le sommaire"',
    'aria-label="Toggle Light / Dark / Auto color theme"': 'aria-label="Thème clair, sombre ou automatique"',
}


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


def translate_pages(folder: Path) -> None:
    """Put the French words for what the theme's templates have in English only."""
    for page in folder.rglob("*.html"):
        text = page.read_text("utf-8")
        for english, french in FRENCH_MARKUP.items():
            text = text.replace(english, french)
        page.write_text(text, "utf-8")
