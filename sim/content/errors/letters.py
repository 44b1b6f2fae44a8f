"""What slips, scans and habits make of one written value: a word and some bits of chance give another word.

A slip that finds nothing to spoil gives the word back; none gives an empty one.
"""

import unicodedata
from collections.abc import Callable
from functools import lru_cache

KEYBOARDS = ("qwertyuiop asdfghjkl zxcvbnm 1234567890", "йцукенгшщзхъ фывапролджэ ячсмитьбю",
             "ςερτυθιοπ ασδφγηξκλ ζχψωβνμ", "ضصثقفغعهخحجد شسيبلاتنمكط ئءؤرىةوز")


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """What is taken for what, "a:b"."""
    return tuple((old, new) for old, _, new in (pair.partition(":") for pair in text.split()))


OCR = _pairs("O:0 0:O o:0 I:1 1:I l:1 rn:m m:rn cl:d d:cl B:8 8:B S:5 5:S Z:2 2:Z e:c h:b vv:w w:vv 6:G "
               "u:ii")
SOUNDS = _pairs("ph:f f:ph ck:k k:ck c:k z:s s:z v:w w:v i:y y:i ei:ai ai:ei th:t t:th d:t b:p g:k nn:n n:nn "
               "ll:l l:ll sch:sh sh:sch ou:u u:ou o:a e:i m:mm r:rr")
STROKES = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
                         "Æ": "Ae", "Œ": "Oe", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "Th"})
VOWELS = set("aeiouyаеёиоуыэюяαεηιουω")


def _neighbours() -> dict[str, str]:
    """The keys beside each, in its row."""
    beside: dict[str, str] = {}
    for keyboard in KEYBOARDS:
        for row in keyboard.split():
            beside |= {key: row[max(k - 1, 0):k] + row[k + 1:k + 2] for k, key in enumerate(row)}
    return beside


NEIGHBOURS = _neighbours()


def insert(word: str, die: int) -> str:
    """A neighbour of some key is hit as well, after it."""
    rest, at = divmod(die, len(word))
    return word[:at + 1] + _neighbour(word[at], rest).lower() + word[at + 1:]


def delete(word: str, die: int) -> str:
    at = die % len(word)
    return word[:at] + word[at + 1:] if len(word) > 2 else word


def substitute(word: str, die: int) -> str:
    """A neighbour is hit in place of a key."""
    rest, at = divmod(die, len(word))
    return word[:at] + _neighbour(word[at], rest) + word[at + 1:]


def transpose(word: str, die: int) -> str:
    """Two characters beside each other, and unlike, change places."""
    pairs = len(word) - 1
    for k in range(die % pairs, die % pairs + pairs) if pairs else ():
        first, second = word[k % pairs], word[k % pairs + 1]
        if first.lower() != second.lower():
            swapped = (second + first).capitalize() if first.isupper() and second.islower() else second + first
            return word[:k % pairs] + swapped + word[k % pairs + 2:]
    return word


def ocr(word: str, die: int) -> str:
    """A shape is read as another that looks like it."""
    return _replaced(word, OCR, die)


def phonetic(word: str, die: int) -> str:
    """A sound is written as another language writes it."""
    start, lower = word[:1], word.lower()
    changed = _replaced(lower, SOUNDS, die)
    return word if changed == lower else changed[:1].upper() + changed[1:] if start.isupper() else changed


def truncation(word: str, die: int) -> str:
    """A field too short for it: up to half of it is lost."""
    lost = 1 + die % max(len(word) // 2, 1)
    return word[:-lost].rstrip() if len(word) > 4 else word


@lru_cache(maxsize=2**16)
def folded(word: str) -> str:
    """Marks are lost; letters with a stroke become the nearest plain ones."""
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFD", word.translate(STROKES))
    return unicodedata.normalize("NFC", "".join(letter for letter in apart if not unicodedata.combining(letter)))


def nickname(word: str, die: int) -> str:
    """The first closed syllable, as Ben is of Benjamin; a name that is no longer becomes a pet name in -i."""
    vowel = next((k for k, letter in enumerate(word.lower()) if letter in VOWELS), len(word))
    short = word[:vowel + 2]
    return short if len(short) < len(word) else word + "i"


def _neighbour(letter: str, die: int) -> str:
    """Of a letter with marks the plain letter's neighbour; of what is on no row, such as a comma, always e."""
    beside = NEIGHBOURS.get(letter.lower()) or NEIGHBOURS.get(folded(letter).lower(), "e")
    other = beside[die % len(beside)]
    return other.upper() if letter.isupper() else other


def _replaced(word: str, pairs: tuple[tuple[str, str], ...], die: int) -> str:
    """The first pair from a chance one on that applies, at one of the places where it does."""
    rest, start = divmod(die, len(pairs))
    for old, new in pairs[start:] + pairs[:start]:
        if old in word:
            pieces = word.split(old)
            at = 1 + rest % (len(pieces) - 1)
            return old.join(pieces[:at]) + new + old.join(pieces[at:])
    return word


SLIPS: dict[str, Callable[[str, int], str]] = {
    "nickname": nickname, "insert": insert, "delete": delete, "substitute": substitute, "transpose": transpose,
    "ocr": ocr, "phonetic": phonetic, "truncation": truncation,
}
