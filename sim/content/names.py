"""Every name is made here, from syllables and a law of frequency, in its own script and in two romanisations.

No list of real people's names is used. A language has a stock of names; the name of rank r is drawn with a chance
proportional to r ** -exponent (Zipf), so that homonyms are as frequent as the exponent says: they, not the matcher,
bound the precision of a search by name.

Assumptions, none of them measured: sizes of the stocks, exponents, syllables, and the weights of the languages among
people who do not speak the language of the place (`Language.weight`). Spelling follows two schemes for each script:

script  passport                                          other
------  ------------------------------------------------  -------------------------------------------
Latn    ICAO Doc 9303 expansions (ü -> ue, ø -> oe)       marks stripped (ü -> u, ø -> o)
Cyrl    ICAO Doc 9303 (й -> i, ю -> iu, я -> ia)          press (й -> y, ю -> yu, я -> ya)
Grek    ELOT 743 (β -> v, η -> i, φ -> f)                 classical (β -> b, η -> e, φ -> ph)
Arab    English habit (sh, w, u, j, q)                    French habit (ch, ou, ou, dj, k)

Arabic script writes no short vowels, so no scheme can restore them: its names are held as syllables that know both
romanisations and the written letters. One table serves all languages of a script.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from anyascii import anyascii
from numpy.typing import NDArray

from sim.draws import stable_hash

GROUPS = ("Latn", "Cyrl", "Grek", "Arab")    # name groups: the script a name is written in at home
FAMILIES, GIVENS = 2_000, 250                # names in the stock of a language (given: of each sex)
FAMILY_EXPONENT, GIVEN_EXPONENT = 0.8, 0.9


class Name(NamedTuple):
    """One name as written at home and in the two romanisations, ASCII but for the first."""

    native: str
    passport: str
    other: str


@dataclass(frozen=True)
class Stock:
    """Syllables of a group of languages. In Arab a syllable part is "letters:passport:other"."""

    group: str
    onsets: tuple[str, ...]
    nuclei: tuple[str, ...]
    codas: tuple[str, ...]


@dataclass(frozen=True)
class Language:
    """A stock with the endings of one language; "a|b" is the ending of a man's and of a woman's name."""

    stock: str
    families: tuple[str, ...]
    givens: tuple[str, ...]
    weight: int                 # among speakers of none of the languages of the place


def _parts(text: str) -> tuple[str, ...]:
    """The words of a text; "-" stands for nothing."""
    return tuple(part.replace("-", "") for part in text.split())


def _stock(group: str, onsets: str, nuclei: str, codas: str) -> Stock:
    return Stock(group, _parts(onsets), _parts(nuclei), _parts(codas))


def _language(stock: str, families: str, givens: str, weight: int = 1) -> Language:
    return Language(stock, _parts(families), _parts(givens), weight)


STOCKS = {
    "german": _stock("Latn", "b d f g h k l m n r s t w sch st br kr gr v z",
                     "a e i o u ä ö ü ei au ie", "- n r l s ch t rn nd ll ss ck"),
    "english": _stock("Latn", "b c d f g h k l m n p r s t w th br cl gr sh st",
                     "a e i o u ee oo ea ai", "- n r l s t rd nd ll ck th m"),
    "nordic": _stock("Latn", "b d f g h j k l m n r s t v br fr gr st sv",
                     "a e i o u å ø y ei ö", "- n r l s nd rg lm ng k"),
    "romance": _stock("Latn", "b c d f g l m n p r s t v br cr gr tr fl",
                     "a e i o u é ia ou io", "- - n r l s nt rr"),
    "slavic": _stock("Latn", "b d h j k l m n p r s t v z š č ž kr pr st br",
                     "a e i o u á í ě y", "- - n r l k v j š č"),
    "baltic": _stock("Latn", "b d g j k l m n p r s t v z kr pr st", "a e i o u ā ē ū ai au", "- n r l s k l m"),
    "uralic": _stock("Latn", "h j k l m n p r s t v b g sz", "a e i o u ä ö á é aa ii", "- n r l s k tt"),
    "turkic": _stock("Latn", "b d g h k l m n s t y ş ç c", "a e ı i o ö u ü", "- n r l k m t ş"),
    "cyrillic": _stock("Cyrl", "б в г д ж з к л м н п р с т ф х ц ш ч гр кр пр ст др бр в к л м н с т",
                     "а е и о у а е и о у а и о е я ы а ю", "- - - н р л к м в с"),
    "greek": _stock("Grek", "β γ δ θ κ λ μ ν π ρ σ τ φ χ ψ στ τρ", "α ε η ι ο υ ω ου ευ αι", "- - - ν ρ λ σ"),
    "arabic": _stock("Arab", "ب:b:b د:d:d ف:f:f ح:h:h ك:k:k ل:l:l م:m:m ن:n:n ر:r:r س:s:s ت:t:t ش:sh:ch و:w:ou ج:j:dj "
                     "ق:q:k خ:kh:kh ز:z:z ي:y:y", ":a:a ا:a:a :i:i ي:i:i :u:ou و:u:ou",
                     "- - ل:l:l م:m:m ن:n:n ر:r:r د:d:d"),
}

LANGUAGES = {
    "de": _language("german", "er mann - el ke ner berg bach", "- a|a o|e ert|in win|hild", 4),
    "lb": _language("german", "er - en ing el", "- y|e o|a"),
    "nl": _language("german", "sen stra ma - man huis", "- e|je us|a", 2),
    "en": _language("english", "son ton ley - er well field", "- y|ie n|a ward|een", 4),
    "ga": _language("english", "an agh - ey in", "án|a y|ín -"),
    "da": _language("nordic", "sen gaard berg - lund", "- e|a us|e", 1),
    "no": _language("nordic", "sen stad vik - haug", "- e|a ar|hild", 1),
    "is": _language("nordic", "sson|sdóttir", "ur|a i|a n|ný"),
    "sv": _language("nordic", "sson qvist ström - gren", "- e|a ar|a", 1),
    "fr": _language("romance", "eau ier - ard el in et", "- e|ette ien|ienne", 4),
    "es": _language("romance", "ez - o era ado", "o|a - io|ia", 4),
    "pt": _language("romance", "es eira - inho ado", "o|a - io|ia", 2),
    "it": _language("romance", "i ini etti one ari -", "o|a io|ia ino|ina", 4),
    "rm": _language("romance", "in etta - ola", "o|a -"),
    "mt": _language("romance", "ar et elli - ech", "u|a -"),
    "ro": _language("romance", "escu eanu u aru oiu", "u|a el|ela -|ia", 4),
    "cs": _language("slavic", "ek|ková ka|ková ý|á a|ová", "- slav|slava an|ana", 2),
    "sk": _language("slavic", "ík|íková ko|ková ský|ská", "- slav|slava an|ana", 1),
    "pl": _language("slavic", "ski|ska cki|cka ak ek ka", "ek|a sław|sława -|ia", 4),
    "hr": _language("slavic", "ić ović ac ek", "o|a an|ana -|ka", 2),
    "sl": _language("slavic", "ič nik ec ar", "- |a ej|eja", 1),
    "lt": _language("baltic", "as|ienė auskas|auskaitė is|ytė", "as|a ius|ė", 2),
    "lv": _language("baltic", "s|a iņš|iņa is|e", "is|a s|e", 1),
    "et": _language("uralic", "- la mäe ste", "- o|e i|a", 1),
    "fi": _language("uralic", "nen la mäki - ri", "- o|a i|a", 1),
    "hu": _language("uralic", "i - ós ics as", "- a|a os|ka", 2),
    "tr": _language("turkic", "oğlu - lı maz can", "- |e an|a", 3),
    "sq": _language("slavic", "i aj u a", "i|a im|e on|a", 3),
    "ru": _language("cyrillic", "ов|ова ский|ская ин|ина цкий|цкая енко", "-|а ий|ия -|а ан|ина ил|ина", 3),
    "uk": _language("cyrillic", "енко ук юк ський|ська ко", "-|а ий|ия ан|ина", 3),
    "bg": _language("cyrillic", "ов|ова ев|ева ски|ска", "-|а о|ка ян|яна", 3),
    "mk": _language("cyrillic", "ски|ска овски|овска ев|ева", "-|а е|ка", 1),
    "sr": _language("cyrillic", "ић овић ин ац", "-|а ан|ана", 3),
    "el": _language("greek", "οπουλος|οπουλου ιδης|ιδου ακης|ακη ας|α", "ος|α ης|η ιος|ια", 2),
    "ar": _language("arabic", "- ي:i:i :a:a", "- ان:an:ane |ة:a:a", 4),
}
SAME_LANGUAGE = {"nb": "no", "nn": "no", "cy": "en", "gd": "en", "ca": "es", "gl": "pt", "eu": "es", "bs": "hr"}


def language(code: str) -> str:
    """The language whose names stand for those of `code`. Raises KeyError for one without a name model."""
    known = SAME_LANGUAGE.get(code, code)
    if known not in LANGUAGES:
        raise KeyError(code)
    return known


def group_of(code: str) -> str:
    """The name group of a language."""
    return STOCKS[LANGUAGES[code].stock].group


def ranks(u: NDArray[np.float64], size: int, exponent: float) -> NDArray[np.int64]:
    """Zipf's law on 0 .. size - 1 by inversion, one rank for each u in (0, 1)."""
    weights = np.cumsum(np.arange(1, size + 1, dtype=float)**-exponent)
    return np.searchsorted(weights / weights[-1], u)


@lru_cache(maxsize=200_000)
def family_name(code: str, rank: int, woman: bool) -> Name:
    """The family name of a rank in a language; a man's and a woman's differ by their ending only."""
    spoken = LANGUAGES[code]
    return _name(STOCKS[spoken.stock], spoken.families, stable_hash(f"family {code} {rank}", 64), woman)


@lru_cache(maxsize=50_000)
def given_name(code: str, rank: int, woman: bool) -> Name:
    """The given name of a rank in a language."""
    spoken = LANGUAGES[code]
    dice = stable_hash(f"given {code} {'woman' if woman else 'man'} {rank}", 64)
    return _name(STOCKS[spoken.stock], spoken.givens, dice, woman)


def _name(stock: Stock, endings: tuple[str, ...], dice: int, woman: bool) -> Name:
    parts = []
    for _ in range(2 if dice % 4 else 1):
        for choices in (stock.onsets, stock.nuclei, stock.codas):
            dice //= 5
            parts.append(choices[dice % len(choices)])
            dice //= len(choices)
    ending = endings[dice % len(endings)]
    parts.append(ending.split("|")[-1 if woman else 0])
    return spell(stock.group, [part for part in parts if part])


def spell(group: str, parts: list[str]) -> Name:
    """A name of these parts in its own script and in both schemes. In Arab a part is "letters:passport:other"."""
    if group == "Arab":
        written = [part.split(":") for part in parts]
        native, passport, other = ("".join(column) for column in zip(*written, strict=True))
        return Name(native, passport.capitalize(), other.capitalize())
    native = "".join(parts)
    passport, other = (romanise(native, scheme).capitalize() for scheme in SCHEMES[group])
    return Name(native.capitalize(), passport, other)


def romanise(text: str, scheme: dict[str, str]) -> str:
    """Replace letters by a scheme, the longest key first; what it does not name is folded to ASCII."""
    for letters in sorted(scheme, key=len, reverse=True):
        text = text.replace(letters, scheme[letters])
    return anyascii(text)


def _table(keys: str, values: str) -> dict[str, str]:
    return dict(zip(_parts(keys), _parts(values), strict=True))


_CYRILLIC = _table("а б в г д е ж з и к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ћ",
                   "a b v g d e zh z i k l m n o p r s t u f kh ts ch sh shch - y - e c")
_GREEK = _table("α γ δ ε ζ θ ι κ λ μ ν ξ ο π ρ σ ς τ ψ ω ου", "a g d e z th i k l m n x o p r s s t ps o ou")
SCHEMES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "Latn": (_table("ä ö ü ß å æ ø ñ", "ae oe ue ss aa ae oe n"), {}),
    "Cyrl": (_CYRILLIC | _table("й ю я ё", "i iu ia e"), _CYRILLIC | _table("й ю я ё", "y yu ya yo")),
    "Grek": (_GREEK | _table("β η υ φ χ αυ ευ", "v i y f ch av ev"),
             _GREEK | _table("β η υ φ χ αυ ευ", "b e u ph kh au eu")),
}
