"""Which letters a format has, and how those it has not are written.

letters   holds
--------  ---------------------------------------------------------------------------------------------------------
unicode   what XML 1.0 can hold; anything else (control characters, halves of surrogate pairs) becomes U+FFFD, visibly
latin-1   ISO/IEC 8859-1 without its control characters
icao      A to Z, 0 to 9 and the blank (which a fixed-width layout writes as its filler), as in the machine-readable
          zone of ICAO Doc 9303: capitals only, apostrophes and full stops left out, a run of other marks a blank

outside   a letter the set has not
--------  ---------------------------------------------------------------------------------------------------------
icao      is expanded as ICAO Doc 9303-3 section 6 does (ü UE, ø OE, ж ZH; Greek by ELOT 743), other scripts by anyascii
strip     loses its marks (č c); one that is not in the set even so is left out
?         is written ?
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from anyascii import anyascii

LETTERS = ("unicode", "latin-1", "icao")
OUTSIDE = ("icao", "strip", "?")

_OUT_OF = {"unicode": re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+"),
           "latin-1": re.compile("[^\t\n\r\x20-\x7e\xa0-\xff]+"),
           "icao": re.compile("[^A-Z0-9 ]+")}
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")    # ends of lines and control characters
_LEFT_OUT = str.maketrans("", "", "'’ʼ`´.")


def _pairs(text: str) -> dict[str, str]:
    """ "ä ae ö oe" as a table; "-" stands for nothing. Capitals are added, their first letter alone a capital."""
    words = text.split()
    small = {key: value.replace("-", "") for key, value in zip(words[::2], words[1::2], strict=True)}
    return small | {key.upper(): value.capitalize() for key, value in small.items() if len(key.upper()) == 1}


# ICAO Doc 9303-3 section 6: Latin letters with marks and Cyrillic; modern Greek as ELOT 743, which 9303 leaves to the
# issuing state. From memory of the tables; choices the standard leaves open (Ü: UE or UXX) are made one way for all.
EXPANSIONS = _pairs("""
    ä ae ö oe ü ue ß ss å aa æ ae ø oe œ oe ĳ ij þ th ð d ı i ł l đ d ħ h ŋ n ñ n
    а a б b в v г g д d е e ё e ж zh з z и i і i й i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh
    щ shch ъ ie ы y ь - э e ю iu я ia є ie ї i ґ g ў u ђ d ј j љ lj њ nj ћ c џ dz ѓ g ќ k ѕ dz
    α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o
    ά a έ e ή i ί i ό o ύ y ώ o ϊ i ϋ y ΐ i ΰ y""")
_DIGRAPHS = re.compile("(?i)([οαε])[υύ]")    # ELOT 743 writes these pairs as one sound; av, ev stand for af, ef too
_AS_ONE = {"ο": "ou", "α": "av", "ε": "ev"}
_TABLE = str.maketrans(EXPANSIONS)


def romanised(text: str) -> str:
    """The text in ASCII letters, by the expansions above, else by anyascii."""
    text = _DIGRAPHS.sub(_as_one, unicodedata.normalize("NFC", text))
    return anyascii(text.translate(_TABLE))


def _as_one(pair: re.Match[str]) -> str:
    written = _AS_ONE[pair[1].lower()]
    return written.capitalize() if pair[1].isupper() else written


def without_marks(text: str) -> str:
    """Letters with their marks taken off; other letters stay."""
    return "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))


def fold(text: str) -> str:
    """What a comparison of names, numbers and codes sees: small ASCII letters and digits, any script by anyascii."""
    if not text.isascii():
        text = anyascii(text)
    return text.lower() if text.isalnum() else "".join(filter(str.isalnum, text.lower()))


@dataclass(frozen=True)
class Alphabet:
    """The letters of a format.

    letters, outside  as above
    one_line          ends of lines and control characters become blanks
    filler            stands for a blank in a fixed-width layout, and so cannot be a letter of a value
    """

    letters: str
    outside: str = "strip"
    one_line: bool = False
    filler: str = " "

    @cached_property
    def _out(self) -> re.Pattern[str]:
        return _OUT_OF[self.letters]

    def fit(self, text: str) -> str:
        """The text in these letters only. What fits already stays as it is, so fitting twice changes nothing."""
        if self.letters == "icao":
            return self._capitals(text)
        if self.filler != " ":
            text = text.replace(self.filler, " ")
        if self.one_line and not text.isprintable():
            text = _BREAKS.sub(" ", text)
        if self._out.search(text) is None:
            return text
        if self.letters == "unicode":
            return self._out.sub(lambda found: "\ufffd" * len(found[0]), text)
        return self._out.sub(self._instead, unicodedata.normalize("NFC", text))

    def holds(self, text: str) -> bool:
        """Whether each letter of the text stays as it is."""
        return self.fit(text) == text

    def _capitals(self, text: str) -> str:
        if text.isascii():
            text = text.upper()
        else:
            other = romanised(text) if self.outside == "icao" else without_marks(text)
            text = other.upper().encode("ascii", "ignore").decode()
        return text if text.isalnum() else self._out.sub(" ", text.translate(_LEFT_OUT))

    def _instead(self, found: re.Match[str]) -> str:
        if self.outside == "?":
            return "?" * len(found[0])
        other = romanised(found[0]) if self.outside == "icao" else without_marks(found[0])
        return self._out.sub("", other)
