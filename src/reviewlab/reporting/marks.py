"""The marks in the column `vs best`, and what they claim."""

from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.sequential import promise
from reviewlab.reporting.verdicts import Verdict

MARKS: dict[Verdict, str] = {
    "best": "best",
    "equal": "=",
    "undecided": "~",
    "worse": "worse",
    "unknown": "?",
}

FEW_SEEDS = "? nothing can be claimed: fewer than two seeds are shared with the best"
IGNORES_SEED = (
    "? nothing can be claimed: every seed gives the same result, here and for the best;"
    " data.split_seed=null gives each seed its own split"
)

FOLDS = (
    "{} folds, paired like seeds; since their training reviews overlap, differences and intervals"
    " have the corrected resampled variance (Nadeau and Bengio 2003)"
)


def legend(board: Leaderboard) -> list[str]:
    """Explain the marks that occur in the table; `worse` needs no explanation."""
    repeating = board.lines[0].ignores_seed
    beside_repeating = [repeating and line.ignores_seed for line in board.lines]
    explained = zip(board.lines, beside_repeating, strict=True)
    verdicts = {line.verdict for line, repeats in explained if not repeats}
    remarks = [text for verdict, text in _meanings(board.margin).items() if verdict in verdicts]
    remarks += [IGNORES_SEED] if sum(beside_repeating) > 1 else []
    if verdicts & {"equal", "undecided", "worse"}:
        marks = "worse and =" if "equal" in verdicts else "worse"
        remarks.append(promise(board.plan, marks, board.unit, board.race is not None))
    remarks += [] if board.folds is None else [FOLDS.format(board.folds)]
    return remarks


def _meanings(margin: float | None) -> dict[Verdict, str]:
    """Explain three of the marks.

    >>> _meanings(0.005)["undecided"]
    '~ not known yet: neither worse nor equal within 0.005 (paired t, Holm, 5 %)'
    """
    method = "(paired t, Holm, 5 %)"
    undecided = f"~ not known yet: neither worse nor equal within {margin} {method}"
    if margin is None:
        undecided = "~ not distinguishable from the best (paired t, pooled variance, Holm, 5 %)"
    return {
        "equal": f"= equal to the best within {margin} (two one-sided t tests, 5 %)",
        "undecided": undecided,
        "unknown": FEW_SEEDS,
    }
