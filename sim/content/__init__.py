"""Who is on record where, with which errors, and whom a search finds: the answer to every Match comes from here.

people.py      who there is                         names/        how they are called, in four scripts
attributes.py  what else is known of them           life.py       what changes in their lives
errors         what goes wrong when it is written   fields.py     all that a matcher is given
records.py     which records exist, since when      stock.py      what they say
upkeep.py      checks and audits that mend them     silence.py    what an export leaves out
formats/       how records are written and read     ways.py       what is left of them on the way
searches.py    the ways of searching                asking.py     what is asked by each of them
neighbours.py  who could be taken for whom          prints.py     the same of prints
matchers       whether two records are of one       finding.py    whom a search finds
candidates.py  the answers, as engines read them    usable.py     what cannot be read
content.py     all of it, for one replication
"""

from sim.content.again import content_again, forget_words
from sim.content.candidates import CANDIDATES, Candidates
from sim.content.content import Content, content
from sim.content.finding import find_all_neighbours
from sim.content.matchers import MATCHERS
from sim.content.people import People, people
from sim.content.records import KINDS, RECORD_EVENTS, RECORDS
from sim.content.searches import Search
from sim.content.silence import OMISSIONS, omissions
from sim.content.why import MISSES

__all__ = [
           "CANDIDATES",
           "KINDS",
           "MATCHERS",
           "MISSES",
           "OMISSIONS",
           "RECORDS",
           "RECORD_EVENTS",
           "Candidates",
           "Content",
           "People",
           "Search",
           "content",
           "content_again",
           "find_all_neighbours",
           "forget_words",
           "omissions",
           "people",
]
