"""The shape of what is said of people and records: who is on record, how records are kept, written and searched."""

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from sim.scenario.match_keys import fields_of, parts
from sim.scenario.quantities import Choice, Duration, NeedKind, Number, Shape, Share, SizeClass, Sourced
from sim.units import Range

ONE, ALL = Range(1, 1, "number"), Range(1, 1, "share")


class Life(Sourced):
    """How often, within a year, a person moves, takes another family name, or is given a new document."""

    moves: Share
    marries: Share
    document: Share


class People(Sourced):
    """The synthetic people and what is held on them. `persons`, `records` and `alerts` set the size of the model, not
    of a state.

    known     of the subjects of needs of each kind, the share on whom some partner holds a record (where the holder is
              known to the asker: on whom that partner really does)
    holders   mean number of states that hold one, given that any does
    quality   by class: presets of record errors, one of which is true
    errors    rates of single types of error, in place of those of the preset
    training  factor on all errors of people who enter records or key them in again
    homonyms  exponent of the law of family names: the higher, the more people share a name
    kinds     kind of person of a record
    special   share of records with special categories of data
    handling  handling code of a record (H0 .. H3)
    changed   share of records that are entered anew within a year
    deleted   share of records deleted within a year
    """

    persons: int = Field(ge=50, le=1_000_000)
    records: int = Field(ge=0, le=1_000_000)              # on other people, in each jurisdiction's store
    alerts: int = Field(default=15, ge=0, le=1_000_000)   # at most so many of them are alerts
    homonyms: float = Field(default=0.8, ge=0, le=2)
    known: dict[NeedKind, Share]
    holders: Number
    quality: dict[SizeClass, Choice]
    errors: dict[str, Share] = {}
    training: Number = ONE
    kinds: dict[Literal["suspect", "convicted", "victim", "witness", "contact"], Share]
    special: dict[Literal["biometric", "health", "ethnicity"], Share] = {}
    handling: dict[Literal["H0", "H1", "H2", "H3"], Share]
    changed: Share
    deleted: Share
    life: Life | None = None


class Validation(Sourced):
    """A check of records at entry: of the errors that a form can notice, the share it catches; clerk time each.

    share  of the entries that are checked
    """

    caught: Share
    time: Duration
    share: Share = ALL


class Audits(Sourced):
    """Every record is looked at once in `every`: of its errors, the share that is found and mended; clerk time each.

    share  of the records that are ever looked at
    """

    every: Duration
    found: Share
    time: Duration
    share: Share = ALL


class Reconciliation(Sourced):
    """Two states compare counts of what was sent and got: how often, the chance that one comparison notices that
    records are left out, and the clerk time of one with one partner.

    share  of the states that do so; the work is spread evenly over all, as that of audits and checks is
    """

    every: Duration
    noticed: Share
    time: Duration
    share: Share = ALL


class Silence(Sourced):
    """Records that a search never sees, though nobody decided so.

    places   share of jurisdictions whose export leaves records out
    records  share left out of the records that they have entered since
    since    for how long it has been so at the start
    """

    places: Share
    records: Share
    since: Duration


class Upkeep(Shape):
    """How records are kept right, at the cost of clerk time."""

    validation: Validation | None = None
    audits: Audits | None = None
    reconciliation: Reconciliation | None = None


class Systems(Sourced):
    """The formats in which records are kept, by class of jurisdiction, and what becomes of free text.

    format    by class: formats (packs/formats), one of which is true
    rekeying  chance that one field is mistyped when free text is keyed in again
    """

    format: dict[SizeClass, Choice]
    rekeying: Share


class Matcher(Sourced):
    """How a search decides which records are hits.

    kind        exact_keys (all fields equal), multi_key (any of several keys equal), fuzzy (mean similarity of fields),
                dice (shared bigrams), clk (the same on Bloom filters of them), biometric (templates of prints)
    fields      field -> weight; multi_key has those of its keys
    keys        multi_key: what must be equal, e.g. "sorted(family_name, given_name) + birth_date" (match_keys.py)
    threshold   least score of a hit: 0 to 1 (fuzzy, dice, clk); biometric: as `separation`
    missing     a missing field: nothing matches ("no_match"), it leaves the comparison ("drop"), or it is a value like
                any other ("value")
    limit       most candidates that one search returns, the best first
    bits        clk: length of a filter
    hashes      clk: bits that one n-gram sets, times the weight of its field
    budget      clk, in place of `hashes`: bits that all n-grams of a field set together, times its weight
    positional  clk: fields written character by character, each with its place (numbers, dates), not by bigrams
    key         clk: the secret of those who write the filters
    blinded     exact_keys, multi_key: neither side shows its keys (private set intersection)
    miss        biometric: share of true pairs below the threshold, and
    false       of other persons above it, per comparison; or the receiver operating characteristic behind them:
    separation  biometric: how far the mean score of true pairs lies above that of others, and `threshold` above it, in
                standard deviations of either, both normal
    """

    kind: Literal["exact_keys", "multi_key", "fuzzy", "dice", "clk", "biometric"]
    fields: dict[str, Number]
    keys: tuple[str, ...] = ()
    threshold: Number | None = None
    missing: Literal["no_match", "drop", "value"] = "no_match"
    limit: int | None = Field(default=None, ge=1)
    bits: int | None = Field(default=None, ge=64, le=2**16, multiple_of=64)
    hashes: int | None = Field(default=None, ge=1)
    budget: int | None = Field(default=None, ge=1)
    positional: tuple[str, ...] = ()
    key: str = ""
    blinded: bool = False
    miss: Share | None = None
    false: Share | None = None
    separation: Number | None = None

    @model_validator(mode="before")
    @classmethod
    def _with_fields_of_keys(cls, given: Any) -> Any:
        """Whoever asks what a matcher reads finds it in `fields`, whatever the kind."""
        if not isinstance(given, dict) or "fields" in given or not isinstance(given.get("keys"), list | tuple):
            return given
        return {**given, "fields": dict.fromkeys(fields_of(given["keys"]), ONE)}

    @field_validator("keys")
    @classmethod
    def _readable(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        for key in keys:
            parts(key)
        return keys


class Machine(Sourced):
    """What the machines of a search take; `comity calibrate` measures one's own.

    multiplication  one key blinded: a multiplication on Curve25519
    encoding        one record written as a Bloom filter
    filters         a million pairs of filters compared
    texts           a million pairs of names compared
    """

    multiplication: Duration
    encoding: Duration
    filters: Duration
    texts: Duration
