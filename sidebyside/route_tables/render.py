"""The route tables as text, path by path with their differences; and the same as data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from http_contract.escaping import escape_controls
from sidebyside.route_tables.diff import Difference, aligned, first
from sidebyside.route_tables.load import Function, Route, Routes


def as_data(
    tables: Mapping[str, Routes], without: Mapping[str, str], differences: Sequence[Difference]
) -> Mapping[str, object]:
    """Return the tables, the reasons of those that have none, and the differences, for JSON."""
    return {
        "agree": not differences,
        "differences": [asdict(each) for each in differences],
        "without_table": without,
        "tables": {name: [asdict(route) for route in table] for name, table in tables.items()},
    }


def lines(
    tables: Mapping[str, Routes],
    without: Mapping[str, str],
    differences: Sequence[Difference],
    colours: Mapping[str, str],
) -> Iterator[Text]:
    """Yield the tables, each in its colour, path by path; why some have none; and the result in the last line."""
    rows = list(aligned(tables))
    headings = columns([heading(first(row)) for row in rows])
    details = iter(columns([detail(*item, first(row)) for row in rows for item in present(row)]))
    for row, line in zip(rows, headings, strict=True):
        yield Text(line, "bold")
        yield from (Text.assemble(("  " + next(details), colours.get(name, ""))) for name, _ in present(row))
        yield from (Text(f"! {each}", "bold red") for each in differences if each.path == first(row).path)
        yield Text()
    yield from (Text(f"{name} {reason}.", colours.get(name, "")) for name, reason in without.items())
    yield result(len(rows), differences)


def present(row: Mapping[str, Route | None]) -> list[tuple[str, Route]]:
    return [(name, route) for name, route in row.items() if route]


def heading(route: Route) -> Sequence[str]:
    return route.path, route.name, ", ".join(route.methods)


def detail(table: str, route: Route, first: Route) -> Sequence[str]:
    """Return the cells of one table's line; its path is among them if it is not written like the first."""
    names = ", ".join(function.name for function in route.functions)
    return table, names, places(route.functions), route.path if route.path != first.path else ""


def places(functions: Sequence[Function]) -> str:
    """Return where functions are defined; consecutive functions of one file name it once."""
    files = groupby(functions, lambda function: function.file)
    return ", ".join(f"{file}:{', '.join(str(each.line) for each in group)}" for file, group in files)


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows as lines, with columns that are aligned on a terminal, whatever characters they contain."""
    safe = [[escape_controls(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*safe, strict=True)]
    return ["  ".join(map(set_cell_size, row, widths)).rstrip() for row in safe]


def result(count: int, differences: Sequence[Difference]) -> Text:
    if differences:
        paths = len({each.path for each in differences})
        return Text(f"The tables differ in {paths} of {count} paths.", "bold red")
    return Text(f"The tables agree on all {count} paths, their methods and their names.", "bold green")
