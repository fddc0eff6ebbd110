"""Find runs that have the same settings and the same seed."""

from collections import defaultdict
from collections.abc import Sequence

from reviewlab.judging.run_table import Columns, RunTable
from reviewlab.reporting.rows import Row


def count_repeats(table: RunTable, columns: Columns, rows: Sequence[Row]) -> int:
    """Count the runs with a value that do not count, since the same run was repeated later.

    Args:
        table: the runs as read.
        columns: the columns that were read.
        rows: the runs.

    Raises:
        InputError: no time tells which of two runs ended last.
    """
    repetitions: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        if row.value is not None:
            repetitions[row.data, row.configuration_id, row.seed].append(number)
    for numbers in repetitions.values():
        times = [rows[number].ended for number in numbers]
        for place, number in enumerate(numbers):
            if times[place] in times[:place]:
                first = numbers[times.index(times[place])]
                table.refuse(number, _explain(table, columns, first))
    return sum(len(numbers) - 1 for numbers in repetitions.values())


def _explain(table: RunTable, columns: Columns, first: int) -> str:
    """Explain that a run repeats another one, and what to do about it.

    Args:
        table: the runs as read.
        columns: the columns that were read.
        first: index of the run that is repeated.
    """
    others = filter(None, (columns.data, columns.seed, columns.fold, columns.time))
    *names, last = [*columns.group, *others]
    same = f"{', '.join(names)} and {last}" if names else last
    unit, line = table.cells.source.unit, table.cells.lines[first]
    remedy = "remove one of them"
    if columns.seed is None:
        remedy = "name the column of the seed with seed="
    elif columns.time is None:
        remedy += ", or name a time with time=, so that the run that ended last counts"
    return f"has the same {same} as {unit} {line}; {remedy}"
