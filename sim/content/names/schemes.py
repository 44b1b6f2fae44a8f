"""How a name of one script is written in Latin letters, by the scheme that the writer follows.

scheme    Latn                        Cyrl                      Grek                     Arab
--------  --------------------------  ------------------------  -----------------------  ------------------------
NATIVE    as it is, marks and all     as it is                  as it is                 as it is
PASSPORT  ICAO Doc 9303 (ü -> ue)     ICAO Doc 9303 (я -> ia)   ELOT 743 (η -> i)        English habit (sh, j, u)
ISO       marks stripped (ü -> u)     ISO/R 9 (я -> ja)        ISO 843 (η -> ī)         like DIN 31635 (š, ǧ, ū)
BGN       marks stripped              BGN/PCGN (я -> ya)        BGN/PCGN 1962 (δ -> dh)  BGN/PCGN (sh, j, ū)
PRESS     marks stripped              newspapers (ий -> y)      newspapers (χ -> h)      French habit (ch, dj, ou)

The tables were written from memory of the standards, not from their text, and leave out letters that the stocks do not
use. Passports in Arabic follow the habit of the issuing state; the table of Doc 9303 for that script, with X-codes and
without short vowels, is not used. Arabic script writes no short vowels, so no table can restore them: its names
are held as syllables that know all five spellings (`stocks`), and nothing here concerns them.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from anyascii import anyascii

GROUPS = ("Latn", "Cyrl", "Grek", "Arab")    # name groups: the script a name is written in at home
SCHEMES = ("native", "passport", "iso", "bgn", "press")
NATIVE, PASSPORT, ISO, BGN, PRESS = range(len(SCHEMES))
Letters = dict[str, str | int | None]        # as `str.maketrans` takes it


class Scheme(NamedTuple):
    """Rules that look at neighbours, in turn, then letters one by one; all in lower case."""

    rules: tuple[tuple[str, str], ...]
    letters: Letters


def _letters(keys: str, values: str) -> Letters:
    """Letter -> text; "-" stands for nothing."""
    return {key: value.replace("-", "") for key, value in zip(keys.split(), values.split(), strict=True)}


_CYRILLIC = _letters("а б в г д е ж з и к л м н о п р с т у ф х ц ч ш щ ъ ы ь э і ї є ґ ј љ њ ћ ђ џ ќ ѓ ѕ",
                     "a b v g d e zh z i k l m n o p r s t u f kh ts ch sh shch - y - e i i ie g j lj nj c d dz k g dz")
_ISO_9 = _letters("ж х ц ч ш щ ъ ь э ю я ё й і ї є ґ ј љ њ ћ ђ џ ќ ѓ ѕ",
                  "ž ch c č š šč ʺ ʹ ė ju ja ë j i ï je g j lj nj ć đ dž ḱ ǵ dz")
_GREEK = _letters("α β γ δ ε ζ η θ ι κ λ μ ν ξ ο π ρ σ ς τ υ φ χ ψ ω",
                  "a v g d e z i th i k l m n x o p r s s t y f ch ps o")
_VOICELESS = "(?=[θκξπσςτφχψ]|\\b)"
_ELOT_RULES = (("ου", "ou"), (f"([αεη])υ{_VOICELESS}", r"\1f"), ("([αεη])υ", r"\1v"), ("γγ", "ng"), ("γξ", "nx"),
               ("γχ", "nch"), (r"\bμπ", "b"))
_AFTER_VOWEL = r"(?:\b|(?<=[аеёиоуыэюяйьъ]))"

BY_GROUP: dict[str, dict[int, Scheme]] = {
    "Latn": {PASSPORT: Scheme((), _letters("ä ö ü ß å æ ø œ þ ð ñ", "ae oe ue ss aa ae oe oe th d n"))},
    "Cyrl": {
        PASSPORT: Scheme((), _CYRILLIC | _letters("ъ ю я ё й", "ie iu ia e i")),
        ISO: Scheme((), _CYRILLIC | _ISO_9),
        BGN: Scheme(((_AFTER_VOWEL + "е", "ye"), (_AFTER_VOWEL + "ё", "yë")),
                    _CYRILLIC | _letters("ъ ь ю я ё й", "” ’ yu ya ë y")),
        PRESS: Scheme((("[иы]й", "y"), ("кс", "x"), ("ь([ея])", r"й\1")),
                      _CYRILLIC | _letters("ю я ё й", "yu ya yo y")),
    },
    "Grek": {
        PASSPORT: Scheme(_ELOT_RULES, _GREEK),
        ISO: Scheme((("([αεο])υ", r"\1u"),), _GREEK | _letters("η ω", "ī ō")),
        BGN: Scheme((*_ELOT_RULES, ("γ(?=[εηιυ])", "y")), _GREEK | _letters("δ γ υ χ", "dh g i kh")),
        PRESS: Scheme((("ου", "ou"), ("ευ", "ef"), ("αυ", "af"), ("ει", "i"), ("αι", "e"), ("μπ", "b"), ("ντ", "nd")),
                      _GREEK | _letters("φ χ", "ph h")),
    },
    "Arab": {},
}
# What a language does otherwise than its script, by all schemes but ISO 9, which knows no languages.
BY_LANGUAGE: dict[str, Letters] = {
    "bg": _letters("щ ъ х", "sht a h"),
    "mk": _letters("х ц ж ч ш", "h c zh ch sh"),
    "sr": _letters("х ц", "h c"),
    "uk": _letters("г и", "h y"),
}


def romanise(text: str, group: str, scheme: int, code: str = "") -> str:
    """A text in the letters of `group`, in lower case, by a scheme; words may stand on lines of their own.

    code  the language, for what it does otherwise than its script
    """
    if scheme == NATIVE:
        return text
    known = _scheme(group, scheme, code)
    for pattern, replacement in known.rules:
        text = re.sub(pattern, replacement, text)
    text = text.translate(str.maketrans(known.letters))
    return text.translate(ASCII) if group == "Latn" else text


class _Ascii(dict[int, str]):
    """What `anyascii`, which takes letters one by one, makes of each; over long texts many times faster."""

    def __missing__(self, letter: int) -> str:
        self[letter] = anyascii(chr(letter))
        return self[letter]


ASCII = _Ascii()      # for str.translate


@lru_cache(maxsize=256)
def _scheme(group: str, scheme: int, code: str) -> Scheme:
    known = BY_GROUP[group].get(scheme, Scheme((), {}))
    own: Letters = {} if scheme == ISO else BY_LANGUAGE.get(code, {})
    return known._replace(letters=known.letters | own)
