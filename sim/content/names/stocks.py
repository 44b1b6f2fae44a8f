"""Stocks of syllables and endings: what a name of a language is put together from.

Assumptions, none of them measured: syllables, endings, and the weights of the languages among people who do not speak
the language of the place (`Language.weight`). The letters on which schemes of romanisation part (й ю я ж х ч ш) decide
how many names two schemes spell alike. Russian syllables were weighted by the frequency of letters in Russian text;
with these weights fewer names were spelt alike than the 44 to 60 % counted on 3,000 real ones, so ж х ц ч ш щ were
thinned out to about a quarter of their share in text and й ю я to about a half. That count is thus built in for
Russian, not predicted; for other languages nothing was tuned.
"""

from dataclasses import dataclass

import numpy as np

from sim.content.names.schemes import GROUPS


@dataclass(frozen=True)
class Stock:
    """Syllables of a group of languages, and what follows them in the names of towns and of streets.

    In Arab a part is "letters:passport:iso:bgn:press".
    """

    group: str
    onsets: tuple[str, ...]
    nuclei: tuple[str, ...]
    codas: tuple[str, ...]
    towns: tuple[str, ...]
    streets: tuple[str, ...]


@dataclass(frozen=True)
class Language:
    """A stock with the endings of one language; "a|b" is the ending of a man's and of a woman's name.

    weight      among speakers of none of the languages of the place
    country     ISO 3166-1 alpha-2 code of where it is spoken most
    two_names   people bear two family names, the father's and the mother's
    patronymic  endings of the father's name as a middle name, a man's and a woman's; empty: not borne
    """

    stock: str
    families: tuple[str, ...]
    givens: tuple[str, ...]
    weight: int
    country: str
    two_names: bool
    patronymic: tuple[str, ...]


def _parts(text: str) -> tuple[str, ...]:
    """The words of a text; "-" stands for nothing, "x*3" for x three times."""
    weighted = [part.replace("-", "").partition("*") for part in text.split()]
    return tuple(part for part, _, times in weighted for _ in range(int(times or 1)))


def _stock(group: str, onsets: str, nuclei: str, codas: str, towns: str, streets: str) -> Stock:
    return Stock(group, *(_parts(text) for text in (onsets, nuclei, codas, towns, streets)))


def _language(stock: str, country: str, families: str, givens: str, weight: int = 1, two_names: bool = False,
              patronymic: str = "") -> Language:
    return Language(stock, _parts(families), _parts(givens), weight, country, two_names,
                    tuple(patronymic.split("|")) if patronymic else ())


STOCKS = {
    "german": _stock("Latn", "b d f g h k l m n r s t w sch st br kr gr v z",
                     "a e i o u ä ö ü ei au ie", "- n r l s ch t rn nd ll ss ck",
                     "dorf heim feld berg au stadt", "straße weg gasse platz"),
    "english": _stock("Latn", "b c d f g h k l m n p r s t w th br cl gr sh st",
                     "a e i o u ee oo ea ai", "- n r l s t rd nd ll ck th m",
                     "ton ham ford by field bury", "_Street _Road _Lane _Close"),
    "nordic": _stock("Latn", "b d f g h j k l m n r s t v br fr gr st sv",
                     "a e i o u å ø y ei ö", "- n r l s nd rg lm ng k",
                     "by köping borg vik sund ås", "gatan vägen veien vej"),
    "romance": _stock("Latn", "b c d f g l m n p r s t v br cr gr tr fl",
                     "a e i o u é ia ou io", "- - n r l s nt rr",
                     "ville a o - eto ona", "_Rua _Via _Rue _Calle"),
    "slavic": _stock("Latn", "b d h j k l m n p r s t v z š č ž kr pr st br",
                     "a e i o u á í ě y", "- - n r l k v j š č",
                     "ov ice ín any grad ec", "ova ská ska _Ulica"),
    "baltic": _stock("Latn", "b d g j k l m n p r s t v z kr pr st", "a e i o u ā ē ū ai au", "- n r l s k l m",
                     "iai ava ene is upe", "_gatve _iela _tee"),
    "uralic": _stock("Latn", "h j k l m n p r s t v b g sz", "a e i o u ä ö á é aa ii", "- n r l s k tt",
                     "la lahti vár falva ste", "katu _utca _tänav"),
    "turkic": _stock("Latn", "b d g h k l m n s t y ş ç c", "a e ı i o ö u ü", "- n r l k m t ş",
                     "köy şehir tepe lar ova", "_Sokak _Cadde"),
    "russian": _stock("Cyrl", "н*12 т*10 с*10 р*5 в*8 л*8 к*4 м*6 д*6 п*6 г*4 з*4 б*4 ч*2 ж ш х ф "
                      "ст*2 пр*2 кр*2 гр*2 тр*2 бр*2 вл*2",
                      "о*22 е*16 а*16 и*14 у*6 я*2 ы*3 ю", "-*7 н*2 р л*2 т с в к м",
                      "ово ск град ино ка но", "ская_ул. ная_ул. _пр."),
    "cyrillic": _stock("Cyrl", "б в г д ж з к л м н п р с т ф х ц ш ч гр кр пр ст др бр в к л м н с т",
                     "а е и о у а е и о у а и о е я ы а ю", "- - - н р л к м в с",
                     "ово ец град ица ник", "_ул. ска_ул."),
    "greek": _stock("Grek", "β γ δ θ κ λ μ ν π ρ σ τ φ χ ψ στ τρ", "α ε η ι ο υ ω ου ευ αι", "- - - ν ρ λ σ",
                     "ια ος α ι ονα", "_οδος ου"),
    "arabic": _stock("Arab", "ب:b:b:b:b د:d:d:d:d ف:f:f:f:f ح:h:ḥ:ḩ:h ك:k:k:k:k ل:l:l:l:l م:m:m:m:m ن:n:n:n:n "
                     "ر:r:r:r:r س:s:s:s:s ت:t:t:t:t ش:sh:š:sh:ch و:w:w:w:ou ج:j:ǧ:j:dj ق:q:q:q:k خ:kh:ḫ:kh:kh "
                     "ز:z:z:z:z ي:y:y:y:y ص:s:ṣ:ş:s ط:t:ṭ:ţ:t ع::ʿ:‘: غ:gh:ġ:gh:gh",
                     ":a:a:a:a ا:a:ā:ā:a :i:i:i:i ي:i:ī:ī:i :u:u:u:ou و:u:ū:ū:ou",
                     "- - ل:l:l:l:l م:m:m:m:m ن:n:n:n:n ر:r:r:r:r د:d:d:d:d س:s:s:s:s",
                     "ة:a:a:a:a ان:an:ān:ān:ane -", "_شارع:_Street:_Šāriʿ:_Shāri‘:_Rue"),
}

LANGUAGES = {
    "de": _language("german", "DE", "er mann - el ke ner berg bach", "- a|a o|e ert|in win|hild", 4),
    "lb": _language("german", "LU", "er - en ing el", "- y|e o|a"),
    "nl": _language("german", "NL", "sen stra ma - man huis", "- e|je us|a", 2),
    "en": _language("english", "GB", "son ton ley - er well field", "- y|ie n|a ward|een", 4),
    "ga": _language("english", "IE", "an agh - ey in", "án|a y|ín -"),
    "da": _language("nordic", "DK", "sen gaard berg - lund", "- e|a us|e", 1),
    "no": _language("nordic", "NO", "sen stad vik - haug", "- e|a ar|hild", 1),
    "is": _language("nordic", "IS", "sson|sdóttir", "ur|a i|a n|ný"),
    "sv": _language("nordic", "SE", "sson qvist ström - gren", "- e|a ar|a", 1),
    "fr": _language("romance", "FR", "eau ier - ard el in et", "- e|ette ien|ienne", 4),
    "es": _language("romance", "ES", "ez - o era ado", "o|a - io|ia", 4, two_names=True),
    "pt": _language("romance", "PT", "es eira - inho ado", "o|a - io|ia", 2, two_names=True),
    "it": _language("romance", "IT", "i ini etti one ari -", "o|a io|ia ino|ina", 4),
    "rm": _language("romance", "CH", "in etta - ola", "o|a -"),
    "mt": _language("romance", "MT", "ar et elli - ech", "u|a -"),
    "ro": _language("romance", "RO", "escu eanu u aru oiu", "u|a el|ela -|ia", 4),
    "cs": _language("slavic", "CZ", "ek|ková ka|ková ý|á a|ová", "- slav|slava an|ana", 2),
    "sk": _language("slavic", "SK", "ík|íková ko|ková ský|ská", "- slav|slava an|ana", 1),
    "pl": _language("slavic", "PL", "ski|ska cki|cka ak ek ka", "ek|a sław|sława -|ia", 4),
    "hr": _language("slavic", "HR", "ić ović ac ek", "o|a an|ana -|ka", 2),
    "sl": _language("slavic", "SI", "ič nik ec ar", "- |a ej|eja", 1),
    "lt": _language("baltic", "LT", "as|ienė auskas|auskaitė is|ytė", "as|a ius|ė", 2),
    "lv": _language("baltic", "LV", "s|a iņš|iņa is|e", "is|a s|e", 1),
    "et": _language("uralic", "EE", "- la mäe ste", "- o|e i|a", 1),
    "fi": _language("uralic", "FI", "nen la mäki - ri", "- o|a i|a", 1),
    "hu": _language("uralic", "HU", "i - ós ics as", "- a|a os|ka", 2),
    "tr": _language("turkic", "TR", "oğlu - lı maz can", "- |e an|a", 3),
    "sq": _language("slavic", "AL", "i aj u a", "i|a im|e on|a", 3),
    "ru": _language("russian", "RU", "ов|ова*6 ев|ева*2 ин|ина*3 ский|ская енко", "-|а*5 ан|ина ей|а*2 ий|ия", 3,
                    patronymic="ович|овна"),
    "uk": _language("cyrillic", "UA", "енко ук юк ський|ська ко", "-|а ий|ия ан|ина", 3, patronymic="ович|івна"),
    "bg": _language("cyrillic", "BG", "ов|ова ев|ева ски|ска", "-|а о|ка ян|яна", 3, patronymic="ов|ова"),
    "mk": _language("cyrillic", "MK", "ски|ска овски|овска ев|ева", "-|а е|ка", 1),
    "sr": _language("cyrillic", "RS", "ић овић ин ац", "-|а ан|ана", 3),
    "el": _language("greek", "GR", "οπουλος|οπουλου ιδης|ιδου ακης|ακη ας|α", "ος|α ης|η ιος|ια", 2),
    "ar": _language("arabic", "MA", "- ي:i:ī:ī:i :a:a:a:a", "- ان:an:ān:ān:ane |ة:a:a:a:a", 4),
}
SAME_LANGUAGE = {"nb": "no", "nn": "no", "cy": "en", "gd": "en", "ca": "es", "gl": "pt", "eu": "es", "bs": "hr"}
CODES = tuple(LANGUAGES)                     # a language elsewhere is an index into these
GROUP = np.array([GROUPS.index(STOCKS[spoken.stock].group) for spoken in LANGUAGES.values()], np.int8)


def language(code: str) -> str:
    """The language whose names stand for those of `code`. Raises KeyError for one without a name model."""
    known = SAME_LANGUAGE.get(code, code)
    if known not in LANGUAGES:
        raise KeyError(code)
    return known


def group_of(code: str) -> str:
    """The name group of a language."""
    return STOCKS[LANGUAGES[code].stock].group
