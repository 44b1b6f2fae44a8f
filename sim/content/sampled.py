"""Hits of look-ups too many to match record by record: their shares are measured on a sample that is matched so.

The sample are invented travellers, each looked up once, as some jurisdiction writes them down at a check, among the
alerts of all jurisdictions. Two shares are counted apart: travellers without an alert who are taken for somebody else,
and persons on alert who are found. A sample leaves both uncertain, so every future draws them from what the sample
leaves possible: the posterior of Jeffreys' prior, Beta(k + 1/2, n - k + 1/2) after k of n (Brown, Cai and DasGupta,
Interval estimation for a binomial proportion, Statistical Science 16, 2001).

The alerts are those of the model (`people.alerts` of each jurisdiction). A real store is far larger, and false hits
grow with it; compare options, not levels.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from sim.content.errors import rates_of, versions
from sim.content.fields import Fields, Rows, normalised
from sim.content.matchers import check, search
from sim.content.people import People, people
from sim.draws import bits_many, stream, unit_many
from sim.errors import Fault, ScenarioError
from sim.scenario.files import nearest
from sim.scenario.futures import drawn, settle_at
from sim.scenario.holdings import Matcher
from sim.scenario.schema import Scenario
from sim.scenario.text import wrapped

OF_RECORDS = {"quality", "errors", "training", "homonyms", "life", "alerts"}     # keys of people that a sample hangs on
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Share:
    """`hits` of `of` in a sample."""

    hits: int
    of: int

    def quantile(self, u: float) -> float:
        """The share that the true one is below with chance u, after this sample."""
        return float(special.betaincinv(self.hits + 0.5, self.of - self.hits + 0.5, u))

    @property
    def interval(self) -> tuple[float, float]:
        """Between the quantiles that leave out half of 1 - CONFIDENCE each."""
        return self.quantile((1 - CONFIDENCE) / 2), self.quantile((1 + CONFIDENCE) / 2)


@dataclass(frozen=True)
class Sampled:
    """false: of travellers without an alert, those who hit one. found: of persons on alert, those whose own is hit."""

    false: Share
    found: Share


def is_sampled(scenario: Scenario, name: str) -> bool:
    """Whether the hits of a screening stream are measured on a sample; else their share is declared."""
    return scenario.screening[name].hits.share is None


def hit_share(scenario: Scenario, name: str, seed: int, future: int) -> float:
    """The share of a stream's look-ups that hit in one future of a settled scenario.

    Its travellers on alert (`known`) hit when they are found, or are taken for somebody else; all others when they are
    taken for somebody.
    """
    hits = scenario.screening[name].hits
    if hits.share is not None:
        return hits.share.value
    measured = sampled(scenario, name, seed)
    false, found = (share.quantile(drawn(seed, future, f"screening.{name}.hits.{word}"))
                    for word, share in (("false", measured.false), ("found", measured.found)))
    known = hits.known.value if hits.known else 0.0
    return false + known * found * (1 - false)


_KEPT: dict[tuple[object, ...], Sampled] = {}


def sampled(scenario: Scenario, name: str, seed: int) -> Sampled:
    """The counts of a stream's sample in a settled scenario. They hang on seed, cast, records and matcher alone, so the
    options and the luck of a future share them.

    Raises ScenarioError for a matcher that is not declared, or lacks what its kind needs.
    """
    table = scenario.screening[name]
    setting = _matcher(scenario, name)
    cast = tuple((code, state.languages, state.scripts, state.size) for code, state in scenario.jurisdiction.items())
    key = (seed, scenario.focus, scenario.as_of.year, cast, table.at, table.hits.sample, repr(setting),
           repr(scenario.people.model_dump(include=OF_RECORDS)))
    if key not in _KEPT:
        _KEPT[key] = _measured(scenario, setting, table.at, table.hits.sample or 0, seed)
    return _KEPT[key]


def _matcher(scenario: Scenario, name: str) -> Matcher:
    by = scenario.screening[name].hits.matcher
    if by not in scenario.matcher:
        raise ScenarioError([Fault(scenario.name, None, f"screening.{name}.hits.matcher", f"'{by}'",
                                   f"a declared matcher{nearest(by, scenario.matcher)}")])
    check({by: scenario.matcher[by]})
    return scenario.matcher[by]


def _measured(scenario: Scenario, setting: Matcher, at: str, sample: int, seed: int) -> Sampled:
    """The first people of the crowd travel, the first of each jurisdiction's others are on its alerts."""
    settings = scenario.people.model_copy(update={"persons": sample, "records": scenario.people.alerts})
    made = people(scenario.model_copy(update={"people": settings}), seed)
    travellers, sought = np.arange(sample), made.background
    alerts = _written(made, scenario, sought, made.background_place, 0)
    taken, _ = _hits(setting, _written(made, scenario, travellers, _checked_at(made, travellers, at), 1), alerts)
    asked, held = _hits(setting, _written(made, scenario, sought, _checked_at(made, sought, at), 1), alerts)
    return Sampled(Share(len(np.unique(taken)), sample), Share(int((asked == held).sum()), len(sought)))


def _hits(setting: Matcher, asked: Fields, alerts: Fields) -> tuple[Rows, Rows]:
    """Rows of those asked about and of the alerts: one area that everybody may search."""
    allowed, area = np.ones((len(asked), 1), bool), np.zeros(len(alerts), np.int64)
    found, held, _ = search(setting, asked, alerts, allowed, area)
    return found, held


def _checked_at(made: People, person: Rows, at: str) -> Rows:
    """Where each is written down: at the jurisdiction that looks up; where a body does so for all, at any of them."""
    if at in made.codes:
        return np.full(len(person), made.codes.index(at))
    luck = unit_many(bits_many(made.seed, 0, made.id[person], 0, stream("screening", "checked at"), 0))
    return np.asarray(luck * len(made.codes), np.int64)


def _written(made: People, scenario: Scenario, person: Rows, place: Rows, serial: int) -> Fields:
    """Persons as places write them, errors and all; a check (serial 1) errs by itself. The one place here that knows
    how records are made."""
    sizes = [scenario.jurisdiction[code].size for code in made.codes]
    rates = np.array([rates_of(scenario.people, scenario.people.quality[size][0]) for size in sizes])
    return normalised(versions(made, person, place, rates[place], serial)[0])


def sampled_prose(scenario: Scenario) -> str:
    """What the samples of a scenario say, with every assumption in its middle; "" where all shares are declared."""
    streams = [name for name in scenario.screening if is_sampled(scenario, name)]
    if not streams:
        return ""
    middle = settle_at(scenario, {})
    lines = [wrapped(f"{name}: {_said(sampled(middle, name, scenario.run.seed))}", "    ", "  ") for name in streams]
    title = "Hits measured on a sample"
    return "\n".join(["", title, "-" * len(title), *lines, ""])


def _said(measured: Sampled) -> str:
    false, found = measured.false, measured.found
    return (f"of {false.of:,} travellers without an alert {false.hits:,} hit that of somebody else "
            f"({_between(false)}), and of {found.of:,} persons on alert {found.hits:,} are found ({_between(found)}), "
            "with every assumption in its middle. Every future draws both shares from what its sample leaves possible.")


def _between(share: Share) -> str:
    low, high = share.interval
    return f"{100 * CONFIDENCE:g} % interval {100 * low:.3g} to {100 * high:.3g} %"
