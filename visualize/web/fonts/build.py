"""``make fonts``: the faces of the pages, subsets of free ones, beside this file.

Every face is given another name, as the SIL Open Font License asks of what was changed, and its
license goes with it. Of STIX Two Math there are two: *upright* keeps the MATH table, for MathML;
*italic* has the mathematical italics under plain letters and Greek, so that a name stays text, is
read aloud and copied as such, and yet has the shape that MathML gives it.
"""

from __future__ import annotations

import shutil
import string
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph, GlyphComponent
from fontTools.varLib.instancer import instantiateVariableFont

PACKAGES = Path(__file__).parent / "node_modules"
OUT = Path(__file__).parent

ASCII = "".join(map(chr, range(0x20, 0x7F)))
GREEK = "αβγδεζηθικλμνξοπρςστυφχψωΓΔΘΛΞΠΣΥΦΨΩϵϑϕ"
SIGNS = "∂∇∑∏∫√∞±−·×÷∘⊙⊤≤≥≠≈≡→←↦⇒∈∥∣…′″‴‖⌊⌋⌈⌉⟨⟩⊕⊗∝⋅⋯⋮̸\u2005\u2006\u2009\u00a0"
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿᵀ₀₁₂₃₄₅₆₇₈₉"
ACCENTS = "\u0302\u0303\u0304\u0307ˆ˜¯"
WORDS = ASCII + "\u00a0–—‘’“”…·×−→←✓✗½≈°éèüöäßñçåøÉÜÖÄ" + "‑•§"
TYPED = ASCII + "\u00a0−·×…∂′²³"

#: Mathematical italics, where the letters stand one after another; h is Planck's constant.
_CAPITALS, _SMALL, _GREEK_SMALL, _GREEK_CAPITALS = 0x1D434, 0x1D44E, 0x1D6FC, 0x1D6E2
_PLANCK = 0x210E


def italics() -> dict[str, int]:
    """For each letter the code of its mathematical italic."""
    found = {c: _CAPITALS + place for place, c in enumerate(string.ascii_uppercase)}
    found |= {c: _SMALL + place for place, c in enumerate(string.ascii_lowercase)}
    found |= {chr(0x3B1 + place): _GREEK_SMALL + place for place in range(25)}
    found |= {chr(0x391 + place): _GREEK_CAPITALS + place for place in range(25) if place != 17}
    return {**found, "h": _PLANCK}


def subset(font: TTFont, letters: str, keep: tuple[str, ...] = ()) -> TTFont:
    """The font with these letters alone, without hinting."""
    options = Options()
    options.hinting = False
    options.layout_features = ["kern", "mark", "ccmp", "tnum", *keep]
    options.drop_tables += ["GDEF"] if not keep else []
    options.notdef_outline = True
    made = Subsetter(options)
    made.populate(unicodes=[ord(letter) for letter in letters])
    made.subset(font)
    return font


def save(font: TTFont, family: str, style: str, file: str) -> None:
    """Write the font under its own name."""
    names = font["name"]
    plain = f"{family} {style}"
    said = {1: family, 2: style, 3: plain, 4: plain, 6: plain.replace(" ", "-"), 16: family}
    license = [record for record in names.names if record.nameID in (0, 13, 14)]
    names.names = license
    for number, text in said.items():
        names.setName(text, number, 3, 1, 0x409)
    font.flavor = "woff2"
    font.save(OUT / file)


def maths() -> TTFont:
    """STIX Two Math."""
    files = PACKAGES / "@fontsource" / "stix-two-math" / "files"
    return TTFont(files / "stix-two-math-latin-400-normal.woff2", recalcTimestamp=False)


def upright() -> None:
    """For MathML and what is set beside it, so that a fraction's line and indices agree."""
    font = maths()
    constants = font["MATH"].table.MathConstants
    constants.ScriptPercentScaleDown = 76
    constants.SubscriptShiftDown.Value = 220
    constants.FractionRuleThickness.Value = 48
    letters = (
        ASCII + GREEK + SIGNS + RAISED + ACCENTS + "ŷÿ" + "".join(map(chr, italics().values()))
    )
    save(
        subset(font, letters, ("ssty", "dtls", "flac")), "Micrograd Maths", "Regular", "maths.woff2"
    )


def slanted() -> None:
    """The mathematical italics under plain letters, accents where MathML would put them."""
    font = maths()
    under = font.getBestCmap()
    for table in font["cmap"].tables:
        for letter, code in italics().items():
            if letter in "ŷ" or table.isUnicode():
                table.cmap[ord(letter)] = under[code]
    for letter, base in {"ŷ": "y", "â": "a", "ẑ": "z"}.items():
        compose(font, letter, under[italics()[base]], under[0x302])
    letters = "".join(italics()) + "ŷâẑ" + string.digits + ACCENTS + "′″ .,()[]-−=+/·∂∇_"
    for tag in ("MATH", "GSUB", "GPOS"):
        del font[tag]
    save(subset(font, letters), "Micrograd Maths", "Italic", "maths-italic.woff2")


def compose(font: TTFont, letter: str, base: str, accent: str) -> None:
    """A glyph of a letter with its accent, set by the accents' attachment points."""
    attachment = font["MATH"].table.MathGlyphInfo.MathTopAccentAttachment
    places = [value.Value for value in attachment.TopAccentAttachment]
    at = dict(zip(attachment.TopAccentCoverage.glyphs, places, strict=True))
    glyph = Glyph()
    glyph.numberOfContours = -1
    glyph.components = []
    for name, x in ((base, 0), (accent, at[base] - at[accent])):
        part = GlyphComponent()
        part.glyphName, part.x, part.y, part.flags = name, x, 0, 0x4 | 0x2
        glyph.components.append(part)
    made = f"composed{ord(letter):X}"
    font.setGlyphOrder([*font.getGlyphOrder(), made])
    font["glyf"][made] = glyph
    font["hmtx"][made] = font["hmtx"][base]
    glyph.recalcBounds(font["glyf"])
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord(letter)] = made


def words() -> None:
    """Inter, from regular to medium and bold enough for what stands out."""
    files = PACKAGES / "@fontsource-variable" / "inter" / "files"
    font = TTFont(files / "inter-latin-wght-normal.woff2", recalcTimestamp=False)
    font = instantiateVariableFont(subset(font, WORDS), {"wght": (400, 400, 600)})
    del font["STAT"]  # the names that it speaks of are not kept
    save(font, "Micrograd Words", "Regular", "words.woff2")


def typed() -> None:
    """IBM Plex Mono."""
    files = PACKAGES / "@fontsource" / "ibm-plex-mono" / "files"
    font = TTFont(files / "ibm-plex-mono-latin-400-normal.woff2", recalcTimestamp=False)
    save(subset(font, TYPED), "Micrograd Typed", "Regular", "typed.woff2")


def main() -> None:
    """Make every face anew, with the licenses."""
    for make in (upright, slanted, words, typed):
        make()
    for name, package in (
        ("stix-two-math", "@fontsource/stix-two-math"),
        ("inter", "@fontsource-variable/inter"),
        ("ibm-plex-mono", "@fontsource/ibm-plex-mono"),
    ):
        shutil.copyfile(PACKAGES / package / "LICENSE", OUT / f"OFL-{name}.txt")
    for file in sorted(OUT.glob("*.woff2")):
        print(f"{file.name}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
