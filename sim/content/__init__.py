"""Who is on record where, with which errors, and whom a search finds: the answer to every Match comes from here."""

from sim.content.candidates import CANDIDATES, MISSES, Candidates, Content, content
from sim.content.matchers import MATCHERS
from sim.content.people import People, people
from sim.content.records import KINDS, RECORD_EVENTS, RECORDS

__all__ = ["CANDIDATES", "KINDS", "MATCHERS", "MISSES", "RECORDS", "RECORD_EVENTS", "Candidates", "Content", "People",
           "content", "people"]
