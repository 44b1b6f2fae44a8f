"""The types of error, what each can make wrong, and how often it does.

Rates are shares of values: each field that a type touches has luck of its own. `harsh` is near the shares counted on
FEBRL4, a public synthetic set of 5,000 pairs made to be hard (there equal in both copies: given name 67.8 %, family
name 67.4 %, birth date 91.1 %, identity number 91.2 %, suburb 75.5 %, address line 61.7 %; missing in the copy: given
name 4.7 %, family name 2.0 %, birth date 4.0 %; names swapped 4.2 %). How what is left there divides into insertions,
deletions and so on is an assumption, as are all rates of errors that FEBRL4 does not have: schemes, marks, patronymics,
double names, nicknames, stale copies, codes, options, prints. `clean` has a tenth of it and `typical` the geometric
mean of both: assumptions. FEBRL4 has one erroneous copy to a true one; here both sides of a comparison have errors.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.content.fields import TEXTS
from sim.errors import Fault, ScenarioError
from sim.scenario.holdings import People as Settings


class Kind(NamedTuple):
    """A type of error.

    harsh   rate in the preset of that name
    fields  which texts it can make wrong, or "print"
    keyed   people make it when they enter a record, so that training has a say
    """

    harsh: float
    fields: tuple[str, ...]
    keyed: bool


def _kind(harsh: float, fields: str, keyed: bool = True) -> Kind:
    return Kind(harsh, tuple(fields.split()), keyed)


_WRITTEN = "family_name given_name native_name birth_place address"
KINDS = {
    "transliteration": _kind(0.15, "family_name given_name"),                   # by a scheme this place does not use
    "diacritic_fold": _kind(0.20, _WRITTEN, keyed=False),                       # marks lost: ü -> u, ё -> е
    "extra_patronymic": _kind(0.05, "given_name"),                              # from the other side: a dropped one
    "double_surname": _kind(0.15, "family_name given_name"),                    # one left out, or made a given name
    "nickname": _kind(0.015, "given_name"),
    "name_swap": _kind(0.042, "family_name given_name"),
    "name_order": _kind(0.10, "family_name given_name"),                        # swapped where custom of order differs
    "stale_name": _kind(0.10, "family_name native_name"),                       # entered as before the marriage
    "stale_address": _kind(0.20, "address"),                                    # entered as before the move
    "stale_document": _kind(0.10, "document"),                                  # entered as before the renewal
    "insert": _kind(0.045, _WRITTEN),
    "delete": _kind(0.060, _WRITTEN),
    "substitute": _kind(0.080, _WRITTEN + " plate"),                            # by a neighbour on the keyboard
    "transpose": _kind(0.040, _WRITTEN + " plate document"),
    "ocr": _kind(0.040, "family_name given_name birth_place address plate document", keyed=False),
    "phonetic": _kind(0.055, "family_name given_name birth_place address"),
    "truncation": _kind(0.010, _WRITTEN, keyed=False),
    "day_month_swap": _kind(0.030, "birth_date"),                               # four days in ten can be a month
    "placeholder_date": _kind(0.005, "birth_date", keyed=False),                # 1 January of the year
    "year_off": _kind(0.008, "birth_date"),                                     # by one
    "decade_digit": _kind(0.005, "birth_date"),
    "two_digit_year": _kind(0.003, "birth_date", keyed=False),                  # read into the wrong century
    "date_digit": _kind(0.008, "birth_date"),                                   # of the day
    "partial_date": _kind(0.008, "birth_date"),                                 # month or year only
    "document_digit": _kind(0.010, "document"),                                 # the check digit no longer fits
    "wrong_code": _kind(0.050, "offence"),                                      # the code of another national list
    "wrong_option": _kind(0.010, "sex nationality"),
    "family_missing": _kind(0.020, "family_name"),
    "given_missing": _kind(0.047, "given_name"),
    "native_missing": _kind(0.050, "native_name"),
    "date_missing": _kind(0.040, "birth_date"),
    "birth_place_missing": _kind(0.050, "birth_place"),
    "nationality_missing": _kind(0.030, "nationality"),
    "sex_missing": _kind(0.010, "sex"),
    "document_missing": _kind(0.020, "document"),
    "plate_missing": _kind(0.030, "plate"),
    "address_missing": _kind(0.050, "address"),
    "offence_missing": _kind(0.020, "offence"),
    "print_missing": _kind(0.040, "print"),
}
ERRORS = tuple(KINDS)            # bit k of a set of errors is ERRORS[k]; they strike in this order
PRESETS = ("clean", "typical", "harsh")
RATES = np.outer((0.1, 0.1**0.5, 1.0), [kind.harsh for kind in KINDS.values()])   # float[preset, error]
KEYED_IN = np.array([kind.keyed for kind in KINDS.values()])                      # bool[error]
# Which fields a type can make wrong: bits over TEXTS, and the bit after them for the print.
ERROR_FIELD = tuple(sum(1 << (*TEXTS, "print").index(field) for field in kind.fields) for kind in KINDS.values())


def check_errors(settings: Settings, presets: Iterable[str]) -> None:
    """Raises ScenarioError for every type of error and every preset that does not exist; ranges may be open."""
    faults = [Fault("scenario", None, f"people.errors.{name}", name, f"a type of error: {' '.join(ERRORS)}")
              for name in settings.errors if name not in KINDS]
    faults += [Fault("scenario", None, "people.quality", preset, f"a preset: {' '.join(PRESETS)}")
               for preset in presets if preset not in PRESETS]
    if faults:
        raise ScenarioError(faults)


def rates_of(settings: Settings, preset: str) -> NDArray[np.float64]:
    """The rate of each type, float[len(ERRORS)], where quality is that of a preset (one of PRESETS).

    `settings.errors` replaces single rates, `settings.training` multiplies those of people who key records in; both
    must be settled. No rate rises above 1. Raises ScenarioError for a type of error or a preset that does not exist.
    """
    check_errors(settings, (preset,))
    rates: NDArray[np.float64] = RATES[PRESETS.index(preset)].copy()
    for name, share in settings.errors.items():
        rates[ERRORS.index(name)] = share.value
    return np.asarray(np.minimum(np.where(KEYED_IN, settings.training.value * rates, rates), 1.0))
