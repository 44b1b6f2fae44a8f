"""Every name is made here, from syllables and a law of frequency, in its own script and in four romanisations.

No list of real people's names is used. A language has a stock of names (`stocks`); the name of rank r is drawn with a
chance proportional to r ** -exponent (Zipf), so that homonyms are as frequent as the exponent says: they, not the
matcher, bound the precision of a search by name. A name is a rank until somebody asks how it is written (`drawing`),
in which script and by which scheme (`schemes`), so that millions of people cost no text.
"""

from sim.content.names.drawing import (
    FAMILIES,
    GIVEN_EXPONENT,
    GIVENS,
    KINDS,
    SIZES,
    TOWNS,
    Spelt,
    ranks,
    spelt,
    words,
)
from sim.content.names.schemes import BGN, GROUPS, ISO, NATIVE, PASSPORT, PRESS, SCHEMES, romanise
from sim.content.names.stocks import CODES, GROUP, LANGUAGES, SAME_LANGUAGE, group_of, language

__all__ = ["BGN", "CODES", "FAMILIES", "GIVENS", "GIVEN_EXPONENT", "GROUP", "GROUPS", "ISO", "KINDS", "LANGUAGES",
           "NATIVE", "PASSPORT", "PRESS", "SAME_LANGUAGE", "SCHEMES", "SIZES", "TOWNS", "Spelt", "group_of",
           "language", "ranks", "romanise", "spelt", "words"]
