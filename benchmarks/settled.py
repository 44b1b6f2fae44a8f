"""A settled scenario of synthetic states that all have the same desks: no file, no ranges, no law."""

from datetime import date
from typing import Any

from sim.programs import Protocol
from sim.scenario.schema import Scenario

OWN = {"from": "own: benchmark"}


def scenario(protocol: Protocol, places: dict[str, str], desks: dict[str, dict[str, Any]], seconds: int,
             drain: str) -> Scenario:
    """places: code -> IANA zone. desks: name -> keys of `desk`. seconds: length of the time in which cases arise."""
    return Scenario.model_validate({
        "name": f"benchmark {protocol.name}", "folder": ".", "question": "How fast?", "as_of": date(2027, 7, 1),
        "focus": next(iter(places)), "option": [{"name": "only", "channel": [{"use": protocol.name}]}],
        "demand": demand(), "people": people(), "rules": [],
        "desk": {name: desk(**given) for name, given in desks.items()},
        "task": {name: {**OWN, "desk": task.desk, "time": task.time, "spread": task.spread}
                 for name, task in protocol.tasks.items()},
        "matcher": {"fuzzy": {**OWN, "kind": "fuzzy", "fields": {"family_name": 1}, "threshold": 0.9}},
        "law": {**OWN, "refusal": {}, "at_will": {"small": "0 %"}},
        "links": {"internal": link("0 s"), "net": link("10 min"), "": link("0 s")},
        "jurisdiction": {code: state(code, zone) for code, zone in places.items()},
        "institution": {}, "membership": [],
        "run": {"warm_up": "0 s", "observe": f"{seconds} s", "drain": drain, "futures": 1, "replications": 1,
                "seed": 1},
    })


def demand() -> dict[str, Any]:
    """Never drawn from: cases come from `models`; the keys must be there."""
    return {**OWN, "asked_by_us": "1 per day", "asked_of_us": "0 per day", "urgent": "0 %", "minor_offence": "0 %",
            "no_offence_there": "0 %", "kinds": {"share": {"known_to_you": "100 %"}},
            "needed": {"urgent": "1 d", "ordinary": "10 d"}, "partners": {"concentration": 1},
            "addressed": {"states": 1, "right": "50 %"}, "subjects": {"tail": 2, "most": 1},
            "asking": {"worth": "1 y", "evidence": "1 y"}}


def people() -> dict[str, Any]:
    return {**OWN, "persons": 50, "records": 0, "known": {"known_to_you": "50 %"}, "holders": 1,
            "quality": {"small": ["clean"]}, "kinds": {"suspect": "100 %"}, "handling": {"H0": "100 %"},
            "changed": "0 %", "deleted": "0 %"}


def state(code: str, zone: str) -> dict[str, Any]:
    return {**OWN, "name": code, "zone": zone, "languages": ["en"], "scripts": ["Latn"], "population": 1000,
            "size": "small", "regime": "other", "synthetic": True}


def desk(clerks: int, hours: str = "24/7", domestic: str = "0 %") -> dict[str, Any]:
    return {**OWN, "hours": hours, "clerks": {"small": clerks}, "shift": {}, "domestic": domestic,
            "domestic_job": "1 s", "domestic_first": "100 %", "other_foreign": "0 %"}


def link(latency: str) -> dict[str, Any]:
    return {**OWN, "latency": latency, "loss": "0 %"}
