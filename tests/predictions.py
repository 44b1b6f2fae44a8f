"""What an officer who knows both channels expects of "router first" against "as today", written before any comparison.

`higher` True: the metric is expected to be higher under "router first" than under "as today". Written 2026-11-23.
"""

from typing import NamedTuple


class Prediction(NamedTuple):
    name: str
    metric: str
    slice: str
    higher: bool
    reason: str
    source: str


PREDICTIONS = (
    Prediction("more needs met in time", "needs_met", "", True,
               "every bound state is searched at once, not the one or two the asker would think of",
               "Regulation (EU) 2024/982 arts. 35 to 38"),
    Prediction("more uninvolved persons disclosed", "uninvolved_persons", "", True,
               "one print compared with 26 stores meets more chance matches than with one or two",
               "fact DNA-ADVENTITIOUS: random matches are expected in large cross-border comparisons"),
    Prediction("more systems see a query", "systems_that_see_a_query", "", True,
               "the router sends to all chosen states and is itself one more system",
               "Regulation (EU) 2024/982 arts. 35 to 38"),
    Prediction("fewer people see a query", "people_who_see_a_query", "", False,
               "the search is automatic; only a match that is followed up is read by anybody abroad",
               "Regulation (EU) 2024/982 arts. 6, 11, 20 and 47"),
    Prediction("partners spend fewer officer hours", "officer_hours_theirs", "", False,
               "no foreign clerk searches by hand for the identity of a print",
               "Regulation (EU) 2024/982 arts. 35 to 38: states answer automatically"),
    Prediction("more matches dropped by the asker", "dropped", "", True,
               "a match costs nothing to get, so many do not matter to the one who gets it",
               "fact PRUM-NL-THIRD: about two thirds of international matches are not reported on"),
    Prediction("more of what is held is found", "hit_recall", "", True,
               "a match is missed by the sensor, no longer by asking the wrong state or by a mistyped name",
               "Regulation (EU) 2024/982 arts. 35 to 38"),
    Prediction("fewer refusals", "refused", "", False,
               "the search reply may not be refused; only the core data may, on proportionality",
               "Regulation (EU) 2024/982 arts. 35 to 38 and 47(1)(c) against Directive (EU) 2023/977 art. 6"),
    Prediction("statutory limits kept more often", "limits_kept", "", True,
               "core data are ready at one desk; a SIENA answer waits for the agency that holds the file",
               "Regulation (EU) 2024/982 art. 47(1); the unknown share of owners' time is domain knowledge"),
    Prediction("half the ordinary needs are answered sooner", "time_to_answer_p50", "ordinary", False,
               "nothing found is told within the minute, not after a clerk has looked",
               "Regulation (EU) 2024/982 arts. 35 to 38: without delay, no-match is told"),
    Prediction("our experts spend more time", "officer_hours_ours", "", True,
               "the asking state's qualified staff confirm every match by hand",
               "Regulation (EU) 2024/982 arts. 6(6), 11(2), 20(2)"),
)

# Accuracy, of index_first: "router first, index first" against "router first", which differ in where a name
# is looked up first: by three exact keys in the index of all that take part, or by likeness at the states an asker
# thinks of. Written 2026-11-26, before the two were compared; by then the causes of misses of exact keys had been seen
# in six futures, so that the first of these is no surprise.
OF_THE_INDEX = (
    Prediction("a smaller share of what is held there is found", "hit_recall", "", False,
               "one error on either side, in any of three fields, and exact keys no longer agree",
               "FEBRL4: given and family names equal in two thirds of true pairs, birth dates in nine tenths"),
    Prediction("fewer other persons are brought up", "wrong_persons", "", False,
               "both names and the date of birth must be the same, not alike",
               "Regulation (EU) 2024/982 arts. 42 to 44"),
    Prediction("names of other scripts are missed more often, against Latin ones", "miss_ratio", "", True,
               "two states that romanise a name by two schemes hold two keys; likeness forgives most of it",
               "exact keys lose half of Cyrillic names written by two schemes, likeness a few in a hundred"),
    Prediction("less is found in all", "found_of_held", "", False,
               "more states are searched, and that makes less good than exact keys lose",
               "domain knowledge; taking part is voluntary (LAW-PR2-EPRIS)"),
    Prediction("fewer people see a query", "people_who_see_a_query", "", False,
               "a pseudonym is compared by machine; only a match that is pursued is read",
               "Regulation (EU) 2024/982 arts. 42 to 44"),
)
