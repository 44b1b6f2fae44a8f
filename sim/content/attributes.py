"""What is true of a person beside the name: birth, nationality, papers, vehicle, addresses, offence, biometrics, links.

Everything follows from the person's identity by a keyed draw, when asked for, so that millions of people cost nothing
here. Assumptions, none measured: all shares and exponents below, the form of plates, addresses and document numbers,
and the national code lists, which are invented; of ICCS (UNODC 2015) the codes were written from memory.
"""

import string
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.content import names
from sim.content.names import spelt
from sim.content.people import People
from sim.draws import bits_many, count_pareto, stream

Rows = NDArray[np.int64]

BORN_AT_HOME = 0.9          # of background people who speak a language of their place
NATURALISED = 0.08          # nationality is not that of the country of birth
TWO_NATIONALITIES = 0.06
TOWN_EXPONENT, OFFENCE_EXPONENT = 1.0, 0.6

# ICCS codes of levels 2 (four digits) and 3 (five), sections 01 to 11.
_SECTIONS = {
    "01": "01 02 03",
    "02": "011 012 021 022 041 042 05 06 07",
    "03": "01 02",
    "04": "011 012 02",
    "05": "011 012 021 022 023 03 04",
    "06": "011 012 02",
    "07": "011 019 021 022 023 031 032 041",
    "08": "01 02 04 05 06",
    "09": "011 012 02 031 032 033 04 05 061 062 07",
    "10": "01 02 03",
    "11": "01 02",
}
ICCS = tuple(section + rest for section, codes in _SECTIONS.items() for rest in codes.split())


def _national(first: int, step: int, alike: int, form: str) -> dict[str, str]:
    """An invented list: codes first, first + step, ...; every `alike`-th offence of ICCS has two codes, others one."""
    codes: dict[str, str] = {}
    for k, offence in enumerate(ICCS):
        for _ in range(2 if k % alike == 0 else 1):
            codes[form.format(first + step * len(codes))] = offence
    return codes


# Code list -> code -> ICCS code, many to one. Two lists share numbers, so that a code of the wrong list is a code too.
CODES: dict[str, dict[str, str]] = {
    "iccs": {code: code for code in ICCS},
    "articles": _national(101, 3, 2, "{}"),
    "sections": _national(110, 2, 3, "{}"),
    "letters": _national(7, 5, 4, "K{:03}"),
}
LISTS = tuple(CODES)


def birth_country(people: People, person: Rows) -> list[str]:
    """ISO 3166-1 alpha-2 codes; invented states have codes that the standard leaves to its users."""
    home = people.home(person)
    language = people.language[person]
    spoken = np.array([[code in speaks for code in names.CODES] for speaks in people.speaks], bool)
    here = (home >= 0) & spoken[home, language] & (people.luck(person, "born at home") < BORN_AT_HOME)
    abroad = [names.LANGUAGES[code].country for code in names.CODES]
    return [people.codes[place] if at_home else abroad[tongue]
            for at_home, place, tongue in zip(here.tolist(), home.tolist(), language.tolist(), strict=True)]


def nationality(people: People, person: Rows) -> list[str]:
    """One code, or two with a space between them."""
    born = birth_country(people, person)
    known = sorted({spoken.country for spoken in names.LANGUAGES.values()})
    other = [known[k] for k in (people.luck(person, "other country") * len(known)).astype(int).tolist()]
    u = people.luck(person, "nationality").tolist()
    return [second if chance < NATURALISED else first if chance > NATURALISED + TWO_NATIONALITIES or first == second
            else f"{first} {second}" for first, second, chance in zip(born, other, u, strict=True)]


def birth_place(people: People, person: Rows, scheme: NDArray[np.integer]) -> list[str]:
    """The code of a country and a town in it; the town by a scheme of romanisation for each row."""
    towns = _towns(people, person, scheme, "birth town")
    return [f"{country} {town}" for town, country in zip(towns, birth_country(people, person), strict=True)]


def address(people: People, person: Rows, scheme: NDArray[np.integer], previous: bool) -> list[str]:
    """Street, number, postcode and town; the present one, or the one before it."""
    which = "previous" if previous else "present"
    language, woman = people.language[person], np.zeros(len(person), bool)
    street = names.ranks(people.luck(person, which, "street"), names.SIZES["street"], TOWN_EXPONENT)
    streets = spelt("street", language, street, woman, scheme).list()
    towns = _towns(people, person, scheme, f"{which} town")
    number = (1 + 120 * people.luck(person, which, "number") ** 2).astype(int).tolist()
    code = (people.luck(person, which, "postcode") * 90_000 + 10_000).astype(int).tolist()
    return [f"{road} {house}, {post} {town}"
            for road, house, post, town in zip(streets, number, code, towns, strict=True)]


def _towns(people: People, person: Rows, scheme: NDArray[np.integer], word: str) -> list[str]:
    rank = names.ranks(people.luck(person, word), names.TOWNS, TOWN_EXPONENT)
    return spelt("town", people.language[person], rank, np.zeros(len(person), bool), scheme).list()


def offence(people: People, person: Rows) -> list[str]:
    """The code of ICCS of what each is on record for."""
    rank = names.ranks(people.luck(person, "offence"), len(ICCS), OFFENCE_EXPONENT)
    # Common offences are not the first of the list: any fixed order that mixes the sections.
    return [ICCS[k * 13 % len(ICCS)] for k in rank.tolist()]


def offence_code(people: People, person: Rows, offences: Sequence[str], code_list: Rows) -> list[str]:
    """These offences, codes of ICCS, in the list (index into LISTS) of each row; a code each where there are two."""
    die = (people.luck(person, "which code") * 2**20).astype(int).tolist()
    return [_of_list(int(k), iccs, d) for k, iccs, d in zip(code_list.tolist(), offences, die, strict=True)]


def _of_list(code_list: int, iccs: str, die: int) -> str:
    codes = _NATIONAL[code_list][iccs]
    return codes[die % len(codes)]


_NATIONAL = [{iccs: tuple(code for code, of in codes.items() if of == iccs) for iccs in ICCS}
             for codes in CODES.values()]


# Papers

_VALUE = {letter: k for k, letter in enumerate(string.digits + string.ascii_uppercase)} | {"<": 0}


def check_digit(text: str) -> str:
    """ICAO Doc 9303 part 3: weights 7, 3, 1; digits count as they are, A to Z as 10 to 35, the filler as 0.

    Raises KeyError for any other character.
    """
    return str(sum(_VALUE[letter] * (7, 3, 1)[k % 3] for k, letter in enumerate(text)) % 10)


def document(people: People, person: Rows, visual: NDArray[np.bool_], previous: bool = False) -> list[str]:
    """Number of a travel document with its check digit, in one of its two spellings.

    visual    from the page, in groups ("AB 123456 3"); else from the machine-readable lines ("AB123456<3")
    previous  the document before the present one
    """
    number = _bits(people, person, "previous document" if previous else "document").tolist()
    return [_document(n, page) for n, page in zip(number, visual.tolist(), strict=True)]


def _document(bits: int, visual: bool) -> str:
    rest, letters = divmod(bits, 26 * 26)
    rest, longer = divmod(rest, 2)
    prefix = string.ascii_uppercase[letters // 26] + string.ascii_uppercase[letters % 26]
    number = f"{rest % 10**7:07}" if longer else f"{rest % 10**6:06}"
    check = check_digit((prefix + number).ljust(9, "<"))
    return f"{prefix} {number} {check}" if visual else (prefix + number).ljust(9, "<") + check


def document_fits(text: str) -> bool:
    """Whether the check digit of a document, in either spelling, is that of its number."""
    plain = "".join(letter for letter in text.upper() if letter in _VALUE and letter != "<")
    return 2 <= len(plain) <= 10 and check_digit(plain[:-1].ljust(9, "<")) == plain[-1]


def plate(people: People, person: Rows) -> list[str]:
    """Of one vehicle each, in one of three forms."""
    return [_plate(n) for n in _bits(people, person, "plate").tolist()]


def _plate(bits: int) -> str:
    rest, form = divmod(bits, 3)
    letters = "".join(string.ascii_uppercase[rest // 26**k % 26] for k in range(4))
    number = rest // 26**4
    return (f"{letters[:2]}-{number % 1000:03}-{letters[2:]}", f"{letters[:3]} {number % 10_000:04}",
            f"{letters[0]} {number % 100_000:05}")[form]


def biometric(people: People, person: Rows, kind: str) -> NDArray[np.uint64]:
    """Identities of what templates are taken of: kind "finger", "face" or "dna". The finger is the person's own id."""
    return people.id[person] if kind == "finger" else _bits(people, person, kind)


def _bits(people: People, person: Rows, word: str) -> NDArray[np.uint64]:
    return bits_many(people.seed, 0, people.id[person], 0, stream("people", word), 0)


# Links

GROUP_TAIL, GROUP_CAP = 1.6, 60      # a group has k members or more with chance k ** -tail
ACQUAINTED = 1 / 3                   # pairs of a group, beside those with its first member, that know each other


def links(people: People, persons: int) -> Rows:
    """Pairs of co-offenders among the first `persons` subjects: int64[pairs, 2], the lower number first, sorted.

    Subjects fall into groups whose sizes are heavy-tailed. In a group everybody knows the first member, and of the
    other pairs a share. More subjects change no pair among the earlier ones.
    """
    person = np.arange(persons)
    first = _first_of_group(people, persons)
    found = [np.zeros((0, 2), np.int64)]
    for back in range(1, GROUP_CAP):
        other = person - back
        u = people.luck(person, "knows", str(back))
        knows = (other >= first) & ((other == first) | (u < ACQUAINTED))
        found.append(np.column_stack([other[knows], person[knows]]))
    rows = np.concatenate(found)
    return rows[np.lexsort((rows[:, 1], rows[:, 0]))]


def _first_of_group(people: People, persons: int) -> Rows:
    """Groups follow each other in the order of the subjects; the k-th has the size that subject k draws."""
    luck = _bits(people, np.arange(persons), "group")
    sizes = 1 + np.searchsorted(count_pareto(GROUP_TAIL, GROUP_CAP), luck, "right")
    return np.repeat(np.cumsum(sizes) - sizes, sizes)[:persons]
