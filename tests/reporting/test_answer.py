"""The two sentences that a leaderboard begins with."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reporting.boards import reported
from tests.reporting.folders import grid, run
from tests.reporting.page.pages import written

from reviewlab.reporting.answer import answer, duration, metric_value
from reviewlab.reporting.leaderboard import Leaderboard, build_leaderboard
from reviewlab.reporting.plan import NO_PLAN, Plan
from reviewlab.reporting.rows import Row

CLEAR = (0.0, 0.001, -0.001)
"""What three seeds add to a mean: far less than the differences that are to be found."""


def board(
    means: Mapping[tuple[object, ...], float],
    keys: Sequence[str] = ("model.hidden_size", "optimizer.lr"),
    noise: Sequence[float] = CLEAR,
    metric: str = "val/accuracy",
    others: Sequence[Row] = (),
    plan: Plan = NO_PLAN,
    **row: object,
) -> Leaderboard:
    """The leaderboard of configurations with these means, a run for each value of the noise."""
    rows = [
        Row(
            Path(f"{number}-{seed}"),
            "done",
            settings=dict(zip(keys, values, strict=True)),
            configuration_id=str(number),
            seed=str(seed),
            value=mean + (noise[seed] if number % 2 else -noise[seed]),
            seconds=11.0,
            **row,
        )
        for number, (values, mean) in enumerate(means.items())
        for seed in range(len(noise))
    ]
    mode = "min" if metric == "val/loss" else "max"
    return build_leaderboard([*rows, *others], metric, mode, plan)


def test_the_best_is_named_and_every_other_is_compared_with_it() -> None:
    means = {(32, 0.01): 0.79, (8, 0.01): 0.7895, (32, 0.001): 0.7894, (8, 0.001): 0.6}
    assert answer(board(means, baseline=0.468)) == (
        "hidden_size 32 with lr 0.01 is best: 79.0 %; 8 with 0.01 and 32 with 0.001 cannot be told"
        " from it with 3 seeds (294 would probably do), 8 with 0.001 is worse."
        " Baseline: 46.8 % (commonest class); 12 runs, 2 minutes of training."
    )


def test_rows_within_the_margin_are_called_equal() -> None:
    means = {(32, 0.01): 0.79, (8, 0.01): 0.7899, (32, 0.001): 0.6, (8, 0.001): 0.5}
    said = answer(board(means, noise=[0.0001, -0.0001, 0.0], plan=Plan(margin=0.005)))
    assert said.startswith(
        "hidden_size 32 with lr 0.01 is best: 79.0 %; 8 with 0.01 is equal within 0.5 points,"
        " 32 with 0.001 and 8 with 0.001 are worse."
    )


def test_one_seed_claims_nothing() -> None:
    assert answer(board({(32, 0.01): 0.79, (8, 0.1): 0.5}, noise=[0.0])) == (
        "hidden_size 32 with lr 0.01 comes first: 79.0 %, but nothing can be claimed with 1 seed."
        " 2 runs, 22 seconds of training."
    )


@pytest.mark.parametrize(
    ("noise", "over"), [([0.0], "1 seed"), (CLEAR, "mean of 3 seeds")], ids=["one", "three"]
)
def test_one_configuration_is_compared_with_nothing(noise: Sequence[float], over: str) -> None:
    said = answer(board({(32, 0.01): 0.79}, noise=noise))
    assert said.startswith(f"The only configuration has 79.0 % ({over}). ")


def test_a_loss_is_no_percentage_and_the_smallest_is_best() -> None:
    said = answer(board({("lstm",): 0.4231, ("mlp",): 0.9}, ["model"], metric="val/loss"))
    assert said.startswith("model lstm is best: loss 0.4231; mlp is worse. ")


def test_of_many_configurations_it_says_how_many() -> None:
    means = {(n, 0.01): 0.7 - n / 1e6 for n in range(6)} | {(n, 0.1): 0.1 for n in range(20)}
    said = answer(board(means))
    few = "with 3 seeds (nor, probably, with 1,000)"
    assert f"; 5 others cannot be told from it {few}, 20 others are worse. " in said
    alike = answer(board({(n, 0.01): 0.7 - n / 1e6 for n in range(6)}))
    assert f"; none of the 5 others can be told from it {few}. " in alike
    apart = answer(board({(n, 0.01): 0.7 - n / 10 for n in range(6)}))
    assert "; all 5 others are worse. " in apart


def test_many_settings_are_cut_short() -> None:
    keys = ["model.a", "model.b", "model.c", "optimizer.d", "loss.e"]
    said = answer(board({(1, 2, 3, 4, 5): 0.8, (2, 3, 4, 5, 6): 0.5}, keys))
    assert said.startswith(
        "a 1 with b 2, c 3 and 2 more settings is best: 80.0 %; the other one is"
    )


def test_a_setting_that_a_configuration_lacks_is_named() -> None:
    rows = [
        Row(Path("a"), "done", settings={"a": 1, "b": 2}, configuration_id="a", value=0.8),
        Row(Path("b"), "done", settings={"a": 2}, configuration_id="b", value=0.9),
    ]
    assert answer(build_leaderboard(rows, "val/accuracy", "max")).startswith("a 2 with no b comes")


def test_ngrams_that_are_better_are_told() -> None:
    means = {(32, 0.01): 0.79, (8, 0.01): 0.5}
    both = answer(board(means, baseline=0.25, ngram_baseline=0.75))
    assert " Baselines: 25.0 % (commonest class), 75.0 % (n-grams); 6 runs" in both
    better = answer(board(means, ngram_baseline=0.85))
    assert " Baseline: 85.0 % (n-grams, better than all of these); 6 runs" in better


def test_runs_without_a_value_are_counted() -> None:
    lost = [Row(Path(name), state) for name, state in [("a", "failed"), ("b", "pruned")]]
    said = answer(board({(32, 0.01): 0.79, (8, 0.01): 0.5}, others=[*lost, Row(Path("c"), "done")]))
    assert said.endswith("training; without a value: 1 not measured, 1 pruned, 1 failed.")
    assert answer(build_leaderboard(lost, "val/accuracy", "max")) == (
        "No run has measured val/accuracy: 1 pruned, 1 failed."
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(99.4, "99 seconds"), (125, "2 minutes"), (7_200, "2.0 hours"), (172_800, "48 hours"),
     (864_000, "10 days")],
)  # fmt: skip
def test_a_time_has_the_unit_that_one_would_say(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_shares_alone_are_percentages() -> None:
    values = {name: metric_value(f"val/{name}", 0.25) for name in ("recall_1", "mae", "f1_macro")}
    assert values == {"recall_1": "25.0 %", "mae": "0.2500", "f1_macro": "0.2500"}


@given(
    means=st.lists(st.floats(0.31, 0.69), min_size=2, max_size=9),
    seeds=st.integers(1, 3),
    spread=st.sampled_from([1e-5, 1e-2, 0.3]),
)
def test_it_claims_what_the_leaderboard_claims(
    means: list[float], seeds: int, spread: float
) -> None:
    noise = [spread * seed for seed in (0.3, -1.0, 0.7)][:seeds]
    made = board({(n, 0.01): mean for n, mean in enumerate(means)}, noise=noise)
    said = answer(made)
    verdicts = [line.verdict for line in made.lines[1:]]
    assert len(re.findall(r"\.(?: |$)", said)) == 2
    assert ("told from it" in said) == ("undecided" in verdicts)
    assert ("worse" in said) == ("worse" in verdicts)
    assert ("nothing can be claimed" in said) == ("unknown" in verdicts)
    assert (" is best: " in said) == ({*verdicts} != {"unknown"})
    assert metric_value("val/accuracy", made.lines[0].mean) in said
    counts = [int(number) for number in re.findall(r"(\d+) others", said)]
    assert sum(counts) <= len(verdicts)


def test_terminal_files_and_page_begin_with_it(tmp_path: Path) -> None:
    reporter = reported(tmp_path, grid(tmp_path))
    said = answer(reporter.board)
    assert reporter.text(1000).startswith(f"{said}\n\n4 configurations")
    assert (tmp_path / "leaderboard.md").read_text().startswith(f"# Leaderboard\n\n{said}\n\n4")
    assert f"<h1>Leaderboard</h1>\n<p class=answer>{said}</p>" in reporter.page.read_text()
    page, _ = written(tmp_path)
    assert page.text.index(said) < page.text.index("4 configurations")


def test_each_data_set_has_an_answer_of_its_own(tmp_path: Path) -> None:
    settings = {"seed": 0, "model": {"_target_": "x.LSTMClassifier"}}
    for name, value in (("a", 0.8), ("b", 0.7)):
        data = {"_target_": f"x.{name}"}
        run(tmp_path / name, {**settings, "data": data}, value, data_fingerprint=name)
    shown = reported(tmp_path, [tmp_path / "a", tmp_path / "b"]).text(100)
    assert shown.startswith("2 different data sets")
    assert shown.count("The only configuration has") == 2
