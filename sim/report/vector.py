"""Leakage risk is a vector of three measures, shown side by side and never one score; which figure belongs to which."""

from sim.experiments.statistics import Line

BEYOND, EXPOSED, LEARNT = "1: beyond need", "2: exposure and breach", "3: what others learn by it"
VECTOR: dict[str, tuple[str, ...]] = {
    BEYOND: ("uninvolved_persons", "facts_beyond_need", "facts_beyond_need_weighted", "facts_beyond_need_by_kind",
             "disclosure_precision", "disclosure_recall", "special_categories", "further_subjects", "residual_copies",
             "last_copy_right", "complaints_unmet", "copies_corrected"),
    EXPOSED: ("record_days", "breach_expected", "breach_worst_year", "breach_tail", "persons_in_breach",
              "breach_per_year", "blast_radius"),
    LEARNT: ("systems_that_see_a_query", "people_who_see_a_query", "persons_known_to", "bits_learnt",
             "attack_success", "attack_records", "forged_let_in"),
}
# Of figures that have no whole, the slices that stand in the first table; the others stand under "more figures".
SHOWN: dict[str, tuple[str, ...]] = {
    "uninvolved_persons": ("by a hit alone",),
    "residual_copies": ("0 d", "1 d", "30 d", "1 y", "5 y", "queries, 1 y"),
    "persons_known_to": ("curious hub", "one member", "coalition of three", "outside observer, links"),
    "bits_learnt": ("curious hub, identity", "one member, identity", "one member, interest",
                    "outside observer, location", "asker, membership"),
}
OF = {metric: part for part, metrics in VECTOR.items() for metric in metrics}


def part(line: Line) -> str:
    """The part of the vector a line of leakage risk stands in, else its measure."""
    return OF.get(line.key.metric, line.key.measure)
