"""A run becomes numbers here: every metric by its name, with its measure, unit and which way is better.

joined.py     the tables of a run, joined         outcome.py   what a case, then a need, ends as
view.py       a run seen from the needs that count  necessary.py which facts a need makes necessary
values.py     Value, Metric, units                 all others   one file per measure

Only needs that arose in the observed window count; those the focus brings stand without a slice, those brought to it
under "as asked". To add a metric: one function from a View to Cells, and one line below.
"""

from functools import partial

import numpy as np

from sim.metrics import (
    accuracy,
    cost,
    equity,
    exposure,
    headline,
    leakage,
    legality,
    resilience,
    screening,
    throughput,
    timeliness,
)
from sim.metrics.joined import Joined, Replicated
from sim.metrics.outcome import SPLIT, Outcomes
from sim.metrics.values import (
    ACCURACY,
    COST,
    EQUITY,
    HIGHER,
    HOURS,
    LEAKAGE,
    LEGALITY,
    LOWER,
    MEASURES,
    NEITHER,
    PER_100,
    PER_1000,
    PER_DAY,
    PERCENT,
    RESILIENCE,
    THROUGHPUT,
    TIMELINESS,
    Cell,
    Metric,
    Value,
)
from sim.metrics.view import View
from sim.needs import ASKED, ASKER

AS_ASKED = "as asked"
SPLIT_SAYS = {
    "met_with_information": (ACCURACY, HIGHER, "a right answer, in time, every disclosure on its way within the rules"),
    "met_nothing_held": (ACCURACY, HIGHER, "a true 'nothing held', really searched for and said in time"),
    "late": (TIMELINESS, LOWER, "right, but after the investigation needed it"),
    "outside_rules": (LEGALITY, LOWER, "right and in time, but a disclosure was forbidden or broke a duty"),
    "wrong_or_incomplete": (ACCURACY, LOWER, "another person, a false 'nothing held', the wrong product, not searched"),
    "refused": (LEGALITY, LOWER, "refused, or found and may not be said"),
    "dropped": (ACCURACY, NEITHER, "the asker did not pursue a match"),
    "not_asked": (THROUGHPUT, LOWER, "no channel, not worth its cost, or nobody to ask"),
    "silent": (TIMELINESS, LOWER, "lost, expired, or still open at the end of the run"),
}
assert tuple(SPLIT_SAYS) == SPLIT

METRICS: dict[str, Metric] = {
    "needs_met": Metric(headline.needs_met, THROUGHPUT, PER_100, HIGHER,
                        "needs met in time: a right answer or a true 'nothing held', within the rules", True),
    **{name: Metric(partial(headline.in_class, name=name), measure, PER_100, better, says, True)
       for name, (measure, better, says) in SPLIT_SAYS.items()},
    "reach": Metric(headline.reach, THROUGHPUT, PER_100, HIGHER, "needs that some channel of the option serves", True),
    "without_channel": Metric(headline.without_channel, THROUGHPUT, PER_100, LOWER, "needs no channel serves", True),
    "needs_met_per_day": Metric(throughput.needs_met_per_day, THROUGHPUT, PER_DAY, HIGHER,
                                "needs met in time, per day of the observed window", True),
    "answered_per_day": Metric(throughput.answered_per_day, THROUGHPUT, PER_DAY, HIGHER,
                               "cases that told their asker something, per day of the observed window", True),
    "time_to_answer_p50": Metric(partial(timeliness.quantile, p=0.50), TIMELINESS, HOURS, LOWER,
                                 "half of all cases are answered by then; lost and open ones count", True),
    "time_to_answer_p95": Metric(partial(timeliness.quantile, p=0.95), TIMELINESS, HOURS, LOWER,
                                 "95 % of all cases are answered by then; lost and open ones count", True),
    "answered_within": Metric(timeliness.answered_within, TIMELINESS, PERCENT, HIGHER,
                              "share of all cases answered within so many hours", True),
    "limits_kept": Metric(timeliness.limits_kept, TIMELINESS, PERCENT, HIGHER,
                          "statutory periods kept, of those that ran out by the end", True),
    "hit_recall": Metric(accuracy.hit_recall, ACCURACY, PERCENT, HIGHER,
                         "searches of a true holder that found the right person"),
    "found_of_held": Metric(accuracy.found_of_held, ACCURACY, PERCENT, HIGHER,
                            "needs whose subject somebody holds a record on, in which a search found it"),
    "hit_precision": Metric(accuracy.hit_precision, ACCURACY, PERCENT, HIGHER, "hits that are of the right person"),
    "false_hit_rate": Metric(accuracy.false_hit_rate, ACCURACY, PERCENT, LOWER,
                             "searches for a subject not held there that hit another person"),
    "wrong_persons": Metric(accuracy.wrong_persons, ACCURACY, PERCENT, LOWER, "searches that found another person"),
    "uninvolved_persons": Metric(leakage.uninvolved, LEAKAGE, PER_1000, LOWER,
                                 "persons the need did not concern whose record or hit crossed a border", True),
    "facts_beyond_need": Metric(leakage.beyond_need, LEAKAGE, "facts per need", LOWER,
                                "facts learnt that the need did not make necessary, by the first test they fail", True),
    "disclosure_precision": Metric(leakage.disclosure_precision, LEAKAGE, PERCENT, HIGHER,
                                   "facts learnt that were necessary"),
    "disclosure_recall": Metric(leakage.disclosure_recall, LEAKAGE, PERCENT, HIGHER, "necessary facts learnt"),
    "further_subjects": Metric(leakage.further_subjects, LEAKAGE, PER_100, LOWER,
                               "disclosures about further persons of a request"),
    "record_days": Metric(exposure.record_days, LEAKAGE, "record-days per 100 needs", LOWER,
                          "readable records held abroad, times the days held within the run"),
    "systems_that_see_a_query": Metric(leakage.systems, LEAKAGE, "places per need asked", LOWER,
                                       "places that get a query and can read it"),
    "people_who_see_a_query": Metric(leakage.people, LEAKAGE, "readings per need asked", LOWER,
                                     "queries that a person at a receiving place reads"),
    "against_rules": Metric(leakage.against_rules, LEGALITY, PER_100, LOWER,
                            "disclosures that are forbidden, have no known rule, or break a duty", True),
    "released_without_official": Metric(legality.without_official, LEGALITY, PERCENT, LOWER,
                                        "records sent across a border before any official of the giver acted", True),
    "refusals_by_ground": Metric(legality.refusals_by_ground, LEGALITY, PER_100, NEITHER,
                                 "reviews that refused, by ground of the law", True),
    "needs_met_by_group": Metric(equity.met_by_group, EQUITY, PER_100, NEITHER,
                                 "needs met, by group of at least three partners", True),
    "officer_hours_ours": Metric(cost.hours_ours, COST, "h per 100 needs", LOWER, "clerk time at the focus", True),
    "officer_hours_theirs": Metric(cost.hours_theirs, COST, "h per 100 needs", LOWER, "clerk time at partners", True),
    "messages_per_answered_case": Metric(cost.messages_per_answer, COST, "messages per case", LOWER,
                                         "messages of the cases that told their asker something"),
    "searched_places": Metric(cost.searched_places, COST, "places per need asked", NEITHER,
                              "places whose own records were searched"),
    "time_at_desks": Metric(cost.time_at_desks, COST, "h per case", LOWER,
                            "time at desks: waiting while open, waiting while shut, worked on", True),
    "utilisation": Metric(cost.utilisation, COST, PERCENT, NEITHER, "clerk time spent on all work, by kind of desk"),
    "look_ups_per_day": Metric(screening.per_day, THROUGHPUT, PER_DAY, NEITHER, "screening look-ups that came"),
    "look_up_hits_per_day": Metric(screening.hits_per_day, THROUGHPUT, PER_DAY, NEITHER,
                                   "screening look-ups that hit, by the declared share"),
    "look_up_servers_busy": Metric(screening.utilisation, THROUGHPUT, PERCENT, NEITHER,
                                   "time of the servers, or of the desk's clerks, that screening look-ups took"),
    "look_ups_answered_within": Metric(screening.answered_within, TIMELINESS, PERCENT, HIGHER,
                                       "share of all screening look-ups answered within so many seconds"),
    **{f"look_up_time_p{share}": Metric(partial(screening.quantile, p=share / 100), TIMELINESS, "s", LOWER,
                                        f"{share} % of all screening look-ups are answered by then; open ones count")
       for share in (50, 95, 99)},
    "messages_lost": Metric(resilience.messages_lost, RESILIENCE, PERCENT, LOWER, "messages lost for good"),
}


def measure(replication: Replicated) -> list[Value]:
    """Every metric of one run, in the order of METRICS; no row where there is nothing to measure it on."""
    joined = Joined(replication)
    outcomes = Outcomes(joined)
    rows, records = replication.needs.rows, joined.records_of_window
    asker = View(joined, outcomes, rows["counts"] & (rows["side"] == ASKER), records)
    asked = View(joined, outcomes, rows["counts"] & (rows["side"] == ASKED), np.zeros_like(records))
    found = []
    for name, metric in METRICS.items():
        found += [_value(name, metric, cell, cell.slice) for cell in metric.function(asker)]
        if metric.as_asked:
            found += [_value(name, metric, cell, f"{AS_ASKED}, {cell.slice}" if cell.slice else AS_ASKED)
                      for cell in metric.function(asked)]
    return found


def _value(name: str, metric: Metric, cell: Cell, slice: str) -> Value:
    return Value(metric.measure, name, slice, cell.group, metric.unit, float(cell.value), cell.n)


__all__ = ["MEASURES", "METRICS", "SPLIT", "Metric", "Value", "View", "measure"]
