"""Makes the font of the site's formulas: ``python scripts/math_font.py STIXMath-Regular.otf``.

A browser draws MathML with a font that knows how brackets, braces and roots grow; telephones and many Linux machines
have none. The font is STIX Math 1.1.1 (Debian's package fonts-stix), cut down to what formulas of a course may hold.
Its licence, the SIL Open Font License, asks for another name of what was changed, and to go with it: it lies beside.
"""

import argparse
import string
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parents[1] / "docs" / "site" / "_static" / "formulas.woff"
_GREEK = "".join(map(chr, (*range(0x391, 0x3AA), *range(0x3B1, 0x3CA))))
_ITALIC = "".join(map(chr, (*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C)))) + "ℎ"
_SIGNS = "−±×÷·∗⋆∘⊙⊗⊕∇∂∫∑∏√∞∈∉⊂⊆∪∩∅∀∃¬∧∨→←↔↦⇒⇔≈≠≤≥≪≫≡∼∝⌊⌋⌈⌉⟨⟩‖∣|…⋯⋮⋱′″ℓℝℤℕℚℂ⏞⏟⏠⏡^~¯˜ˆ→←\u00a0\u2009\u202f\u2061"
CHARACTERS = string.printable.strip() + " éèêàçùôî" + _GREEK + _ITALIC + _SIGNS
_NAMES = {
    1: "Course Formulas",
    3: "Course Formulas 1",
    4: "Course Formulas",
    6: "CourseFormulas",
    13: "SIL Open Font License, Version 1.1: formulas.LICENSE.txt",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("font", type=Path)
    font = TTFont(parser.parse_args().font, recalcTimestamp=False)
    options = subset.Options(layout_features=["*"], hinting=False, desubroutinize=True)
    options.name_IDs = [0, 1, 2, 3, 4, 6, 7, 13]
    cut = subset.Subsetter(options)
    cut.populate(text=CHARACTERS)
    cut.subset(font)
    for name in list(font["name"].names):
        if name.nameID in _NAMES:
            font["name"].setName(
                _NAMES[name.nameID], name.nameID, name.platformID, name.platEncID, name.langID
            )
    names = font["CFF "].cff
    names.fontNames = ["CourseFormulas"]
    for attribute in ("FullName", "FamilyName"):
        setattr(names.topDictIndex[0], attribute, "Course Formulas")
    font.flavor = "woff"
    font.save(TARGET)
    print(f"{TARGET.name}: {len(font.getBestCmap())} characters, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
