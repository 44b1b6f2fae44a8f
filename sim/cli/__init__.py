"""The command `comity`: each verb reads its input, calls one function of a room, and prints.

0 done, 1 a check failed, 2 unusable input and nothing written, 70 a bug of Comity, 130 interrupted and nothing written.
Verbs import what they need when they run, so that help comes at once.
"""

import gc
import json
import signal
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from sim.errors import ComityError, ConservationError

USAGE, BUG, INTERRUPTED = 2, 70, 130
GARBAGE = 50_000      # objects made, and not given up, before a look for those that hold each other

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
                  help="Compare protocols by which jurisdictions exchange crime data, by simulation.")
new = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Make a file to start from.")
app.add_typer(new, name="new")

ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="A shipped scenario's name, or a path.")]
Futures = Annotated[int | None, typer.Option(min=1, max=4096, help="Draws of all assumptions [the scenario's].")]
Replications = Annotated[int | None, typer.Option(min=1, max=4096, help="Runs of each future [the scenario's].")]
Seed = Annotated[int | None, typer.Option(min=0, max=2**32 - 1, help="Of all luck [the scenario's].")]
Out = Annotated[Path | None, typer.Option(help="A new folder for the result.")]
Engine = Annotated[str, typer.Option(help="compiled, or reference: the specification, slower [compiled].")]
Json = Annotated[bool, typer.Option("--json", help="Print what a machine may read.")]


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command and exit with its status."""
    # Asked to end, it ends as by Ctrl-C: no worker and no half-written folder stay behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Nearly all that is made here lives to the end: looking for what does not took a tenth of a short run.
    gc.set_threshold(GARBAGE)
    try:
        app(arguments, prog_name="comity")
    except ComityError as error:
        _fail(str(error), USAGE)
    except ConservationError as error:
        _fail(f"this is a bug of Comity, not of your input: the books of a run disagree\n{error}", BUG)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            print("comity: interrupted; nothing was written", file=sys.stderr)
        raise
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        _fail(f"this is a bug of Comity, not of your input: {type(error).__name__}: {error}\n"
              f"  at        {Path(place.filename).name}:{place.lineno}, {place.name}", BUG)
    sys.exit(0)


def _fail(message: str, status: int) -> NoReturn:
    print(f"comity: {message}", file=sys.stderr)
    sys.exit(status)


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False))


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


@app.command("list")
def list_(what: Annotated[str, typer.Argument(metavar="[protocols|scenarios|levers|metrics|facts]")] = "",
          as_json: Json = False) -> None:
    """What there is, one line each.

    Example: comity list protocols
    """
    from sim.cli.listing import KINDS, told
    if what and what not in KINDS:
        from sim.scenario.files import nearest
        raise ComityError(f"list {what!r}\n  expected  one of {', '.join(KINDS)}{nearest(what, KINDS)}")
    found = {kind: rows() for kind, rows in KINDS.items() if what in ("", kind)}
    if as_json:
        _print_json({kind: dict(rows) for kind, rows in found.items()})
    else:
        print(told(found))


@app.command()
def check(scenario: ScenarioName) -> None:
    """Every fault of a scenario at once, or in prose what the file is taken to mean.

    Example: comity check baseline
    """
    from sim.cli.loading import build_once, loaded
    from sim.content.sampled import sampled_prose
    from sim.inert import inert_prose
    from sim.scenario import prose
    read = loaded(scenario)
    felt_by_none = inert_prose(read)      # reads the law packs too: their faults come before any prose
    build_once(read)
    print(prose(read), sampled_prose(read), felt_by_none, sep="", end="")


@app.command()
def run(scenario: ScenarioName,
        option: Annotated[str, typer.Option(help="An option of the scenario [the first].")] = "",
        protocol: Annotated[str, typer.Option(help="One protocol alone, for every need with every partner.")] = "",
        future: Annotated[int, typer.Option(min=0, max=2**19, help="Which draw of all assumptions.")] = 0,
        replication: Annotated[int, typer.Option(min=0, max=4095, help="Which index of luck.")] = 0,
        seed: Seed = None, engine: Engine = "",
        ledger: Annotated[str, typer.Option(help="Rows to keep: full, sampled (one need in 100), totals.")] = "full",
        out: Out = None, as_json: Json = False) -> None:
    """One replication of one option: what happened, how long each stage took, its main figures.

    Example: comity run minimal --protocol siena --future 3
    """
    from sim.cli import replication as one
    from sim.cli.loading import loaded as checked
    from sim.engines import named
    from sim.experiments import with_run
    from sim.scenario import with_protocol
    if option and protocol:
        raise ComityError("run: --option and --protocol\n  expected  one of the two")
    loaded = with_run(checked(scenario), None, None, seed)
    loaded = with_protocol(loaded, protocol) if protocol else loaded
    name = protocol or option or loaded.option[0].name
    done = one.done(loaded, name, future, replication, out, named(engine), ledger)
    if as_json:
        _print_json(one.as_json(done))
    else:
        one.tell(done)
        if out is not None:
            print(f"\n{one.written(done)} lie in {out}")


@app.command()
def compare(scenario: ScenarioName,
            protocols: Annotated[str | None, typer.Option(metavar="A,B", help="These alone, for every need.")] = None,
            options: Annotated[str | None, typer.Option(metavar="A,B", help="These of the scenario's options.")] = None,
            levers: Annotated[str, typer.Option(metavar="L,M", help="Each on top of the first option.")] = "",
            futures: Futures = None, replications: Replications = None, seed: Seed = None, out: Out = None,
            workers: Annotated[int | None, typer.Option(min=1, max=512, help="Processes [one per processor].")] = None,
            engine: Engine = "", as_json: Json = False) -> None:
    """The main job: the options of a scenario in many plausible futures, as table, files, figures and page.

    Example: comity compare baseline --futures 30 --replications 2
    """
    from sim.cli.loading import loaded as checked
    from sim.cli.progress import progress
    from sim.engines import named
    from sim.experiments import chunks, new_folder, store, target, with_chosen, with_levers, with_run
    from sim.experiments import compare as compared
    from sim.scenario import with_options
    if protocols is not None and options is not None:
        raise ComityError("compare: --protocols and --options\n  expected  one of the two")
    loaded = with_run(checked(scenario), futures, replications, seed)
    loaded = with_options(loaded, _names(protocols)) if protocols is not None else loaded
    loaded = with_chosen(loaded, _names(options)) if options is not None else loaded
    loaded = with_levers(loaded, _names(levers)) if levers else loaded
    chosen, place = named(engine), target(loaded, out)
    with new_folder(place) as folder:
        with progress("comparing") as told:
            comparison = compared(loaded, workers or chunks.cores(), told, chosen)
        from sim import report
        store.write(comparison, folder)
        report.write(comparison, folder)
    if as_json:
        _print_json({**store.summary(comparison), "result": str(place)})
    else:
        _tell(comparison, place)


def _tell(comparison: Any, place: Path) -> None:
    from sim.report import exchange, table, words
    console = table.console()
    console.print(table.fit_table(comparison.scenario))
    console.print(table.comparison_tables(comparison))
    console.print("", *words.answer(comparison), *exchange.rates(comparison), sep="\n")
    console.print(f"\nSimulation on invented people; stylised law; no advice. Seen from {comparison.scenario.focus}.")
    console.print(f"The result lies in {place}\nRead it: {place / 'report.html'}", soft_wrap=True)


@app.command()
def calibrate(out: Annotated[Path | None, typer.Option(help="A new file for the fragment [print it].")] = None,
              seconds: Annotated[float, typer.Option(min=0, max=3600, help="How long to measure.")] = 5) -> None:
    """How long the steps of a search take on this machine, as a table to lay into a scenario.

    Example: comity calibrate --out packs/machine.toml
    """
    from sim.calibrate import calibrate as measured
    from sim.calibrate import fragment, write
    if out is not None and out.exists():
        raise ComityError(f"{out}\n  expected  a new file; this one exists already")
    text = fragment(measured(seconds))
    if out is None:
        print(text, end="")
    else:
        write(text, out)
        print(f"Wrote {out}")


@app.command("law")
def law_(scenario: ScenarioName,
         giver: Annotated[str, typer.Option("--from", metavar="STATE", help="Who gives: a state's code, or a body.")],
         receiver: Annotated[str, typer.Option("--to", metavar="STATE", help="Who gets it.")],
         category: Annotated[str, typer.Option(help="Of the content: identity, police_file ... or dna, file ...")],
         on: Annotated[str, typer.Option(metavar="DAY", help="On this day [the scenario's]: 2026-03-01.")] = "",
         instrument: Annotated[str, typer.Option(help="Under this alone [each of the scenario's protocols].")] = "",
         product: Annotated[str, typer.Option(help="intelligence or evidence.")] = "intelligence",
         kind: Annotated[str, typer.Option(help="Kind of person: suspect, victim, witness ...")] = "suspect",
         handling: Annotated[str, typer.Option(help="The owner's handling code, H0 to H3.")] = "H0",
         bar: Annotated[str, typer.Option(help="What may stand against helping: political, capital ...")] = "none",
         urgent: Annotated[bool, typer.Option("--urgent", help="An immediate threat.")] = False,
         minor: Annotated[bool, typer.Option("--minor", help="Punishable by at most a year.")] = False,
         dual: Annotated[bool, typer.Option("--dual/--no-dual", help="An offence in both states.")] = True,
         as_json: Json = False) -> None:
    """What the law says of one transfer on one day: the verdict, the rule that decided, duties, sources.

    Example: comity law baseline --from FR --to US --category dna --on 2026-03-01
    """
    from sim.cli import law as one
    from sim.cli.loading import loaded
    found = one.asked(loaded(scenario), giver, receiver, category, on, instrument, product=product, kind=kind,
                      handling=handling, bar=bar, urgent=urgent, minor=minor, dual=dual)
    if as_json:
        _print_json(one.as_json(found))
    else:
        print(one.told(found))


@app.command()
def draw(protocol: Annotated[str, typer.Argument(metavar="PROTOCOL")],
         table: Annotated[bool, typer.Option("--table", help="Its table instead of its sequence diagram.")] = False,
         ) -> None:
    """A protocol as a sequence diagram, or as the table that engines run.

    Example: comity draw siena
    """
    from sim import diagram, programs
    loaded = programs.load(programs.find(protocol))
    drawn = [program for program in (loaded.case, loaded.record) if program is not None]
    print("\n".join(map(diagram.table, drawn)) if table else diagram.sequence(loaded), end="")


@new.command("protocol")
def new_protocol(name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """A protocol file that runs as it stands, in ./protocols, where every command finds it.

    Example: comity new protocol my_protocol
    """
    from sim.programs.template import create
    file = create(name, Path())
    print(f"Wrote {file}\nRun it:     comity run minimal --protocol {name}\n"
          f"Draw it:    comity draw {name}\nCompare it: comity compare minimal --protocols siena,{name}")


if __name__ == "__main__":
    main()
