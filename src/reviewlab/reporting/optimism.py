"""Say how much of what a search promised was luck."""

from statistics import mean

from reviewlab.console.text import count_of
from reviewlab.reporting.cells import number
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.line import Line


def optimism_sentence(board: Leaderboard) -> str:
    """Compare the best trial with the runs that confirm it; add the mean over all such trials.

    Returns:
        The sentence; empty if no trial was confirmed.
    """
    lines = [line for line in board.lines if line.trial is not None]
    if not lines:
        return ""
    best = (max if board.mode == "max" else min)(lines, key=_searched)
    sentence = (
        f"The search's best promised {number(_searched(best))}; confirmed with "
        f"{count_of(best.n, 'fresh seed')} it is {number(best.mean)}: {_luck(best)}"
    )
    if len(lines) == 1:
        return f"{sentence}."
    average = mean(line.optimism for line in lines if line.optimism is not None)
    much = "too much" if average >= 0 else "too little"
    over = f"on average over {count_of(len(lines), 'confirmed trial')}"
    return f"{sentence}; {over}, {number(abs(average))} {much} was promised."


def _luck(line: Line) -> str:
    optimism = line.optimism or 0.0
    if optimism >= 0:
        return f"{number(optimism)} of it was luck"
    return f"{number(-optimism)} better than promised"


def _searched(line: Line) -> float:
    return line.trial.value or 0.0 if line.trial is not None else 0.0
