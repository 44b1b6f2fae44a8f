"""Record formats: a record is really written as a text, sent, and read, and what the format cannot hold is lost.

`load_formats` reads packs (scenarios/packs/formats); a `Format` writes and reads whole records; `convert`, `losses`,
`loss_table` and `bits_lost` say of values what a route of formats does to them; `rekeyed` is the clerk who keys in
again what came as free text.

letters     which letters a format has and how others are written (ICAO Doc 9303 expansions among them)
codes       code lists
contents    what a field holds: plain text, dates, codes, a place
trees       layouts of nested elements: XML, JSON
lines       layouts of lines: fixed width, labels
format      a format, its fields, reading many texts with a quarantine for those that cannot be read
declared    the shape of a pack and what may stand together in it
packs       from packs to formats, every fault at once
conversion  values on a route, causes of loss, bits
rekeying    slips of a keyboard
faults      a text that is not of its format
"""

from sim.content.formats.conversion import FieldLoss, bits_lost, convert, loss_table, losses
from sim.content.formats.faults import FormatFault
from sim.content.formats.format import FIELDS, LOSSES, Format, read_all
from sim.content.formats.packs import load_formats
from sim.content.formats.rekeying import rekeyed

__all__ = ["FIELDS", "LOSSES", "FieldLoss", "Format", "FormatFault", "bits_lost", "convert", "load_formats",
           "loss_table", "losses", "read_all", "rekeyed"]
