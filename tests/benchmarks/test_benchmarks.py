"""The pieces of the benchmark, on reviews made for it; how long they take is nobody's business."""

import math
import os
import subprocess
import sys
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa
import pytest
import torch
from pyarrow import parquet

from reviewlab.benchmarks import (
    encoding,
    inspecting,
    main,
    memory,
    predicting,
    report,
    starting,
    stock,
    sweeps,
    training,
)
from reviewlab.benchmarks.pairs import Pairs, alternate
from reviewlab.benchmarks.place import Place
from reviewlab.benchmarks.plain import (
    OverTokens,
    PlainLoop,
    evaluate,
    features,
    over_features,
    resident,
)
from reviewlab.benchmarks.rows import ROWS
from reviewlab.config import build
from reviewlab.exceptions import InputError
from reviewlab.running.run import begin, prepare
from reviewlab.runs.result import read_result, write_result
from reviewlab.runs.status import Status, write_status

WORDS = ["good", "bad", "film", "plot", "dull", "bright", "actor", "not", "very", "long"]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Thirty reviews to train on and as many to test on, laid out like IMDB."""
    folder = tmp_path_factory.mktemp("imdb") / "plain_text"
    folder.mkdir()
    generator = np.random.default_rng(0)
    for split in ("train", "test"):
        texts = [" ".join(generator.choice(WORDS, generator.integers(1, 30))) for _ in range(30)]
        table = pa.table({"text": texts, "label": [0] * 15 + [1] * 15})
        parquet.write_table(table, folder / f"{split}-00000-of-00001.parquet")
    return folder.parent


@pytest.fixture
def place(source, tmp_path):
    return Place(tmp_path, 2, (f"data.source={source}", "data.batch_size=8"))


def plain_loop(config, parts, network, inputs, labels):
    optimizer, size = build.optimizer(config), config["data"]["batch_size"]
    return PlainLoop(network, parts.classifier.objective, optimizer, inputs, labels, size)


@pytest.mark.parametrize("network", ["lstm", "mlp"])
def test_the_run_and_the_plain_loop_compute_the_same_losses(place, network):
    config = place.config(*(training.LSTM if network == "lstm" else training.MLP))
    config["trainer"]["max_epochs"] = 3
    parts = prepare(config)
    corpus, text = parts.data.corpus("train"), parts.data.text
    inputs, labels = resident(corpus, text)
    plain = OverTokens(parts.classifier, text.pad_id)
    if network == "mlp":
        inputs, plain = features(parts.classifier, corpus, text), over_features(parts.classifier)
    loop = plain_loop(config, parts, plain, inputs, labels)
    sampler, expected = parts.data.train_dataloader().sampler, []
    for epoch in range(3):
        sampler.set_epoch(epoch)
        order = torch.from_numpy(sampler.order())
        expected.append(sum(loop.step(rows).item() * len(rows) for rows in order.split(8)))
    result = begin(config, place.run_folder()).run(parts.classifier, parts.data)
    losses = [epoch["train/training_loss"] * len(labels) for epoch in result["curves"]]
    np.testing.assert_allclose(losses, expected, rtol=1e-5)


def test_the_plain_network_answers_like_the_classifier(place):
    parts = prepare(place.config(*training.LSTM))
    corpus, text = parts.data.corpus("test"), parts.data.text
    batch = corpus.gather(np.arange(len(corpus)), text)
    inputs, labels = resident(corpus, text)
    network = OverTokens(parts.classifier, text.pad_id)
    outputs = parts.classifier(batch.token_ids, batch.mask)
    torch.testing.assert_close(evaluate(network, inputs, 7), outputs.detach())
    assert torch.equal(labels, batch.labels)


def test_layers_over_features_refuse_a_network_without_features(place):
    parts = prepare(place.config(*training.LSTM))
    with pytest.raises(TypeError, match="RecurrentEncoder"):
        over_features(parts.classifier)


def test_the_ten_lines_give_the_ids_in_the_cache(place):
    data = encoding.prepared(place, "data.text.num_words=9")
    ids = encoding.encoder_dictionary(data)
    encoded = encoding.reference(data.read()["test"].texts, ids)
    assert np.array_equal(np.concatenate(encoded), data.corpus("test").ids)


@pytest.mark.parametrize(
    "measure",
    [training.step, training.epoch, encoding.cold, encoding.warm, predicting.predict],
    ids=lambda measure: measure.__name__,
)
def test_a_row_measures_both_ways_as_often_as_it_was_told(place, measure):
    pairs = measure(place)
    assert len(pairs.ours) == len(pairs.reference) == 2
    assert min(*pairs.ours, *pairs.reference) > 0


def test_cold_encoding_finds_no_cache_and_warm_encoding_does(place, caplog):
    caplog.set_level("INFO", "reviewlab")
    encoding.warm(place)
    built = [record for record in caplog.records if "encoded 60 reviews" in record.message]
    assert len(built) == 1
    encoding.cold(place)
    built = [record for record in caplog.records if "encoded 60 reviews" in record.message]
    assert len(built) == 1 + place.pairs


def test_the_first_step_ends_the_process(place, monkeypatch):
    steps = []

    class Left(BaseException):
        pass

    def leave(code):
        steps.append(code)
        raise Left

    monkeypatch.setattr(os, "_exit", leave)
    config = place.config("data=imdb", "model=lstm", starting.FIRST_STEP)
    parts = prepare(config)
    with pytest.raises(Left):
        begin(config, place.run_folder()).run(parts.classifier, parts.data)
    assert steps == [0]


def test_processes_are_compared_by_how_long_they_live(place, monkeypatch):
    ran = []
    monkeypatch.setattr(starting, "_run", ran.append)
    pairs = starting.help_text(place)
    command = [starting.TRAIN, "--help"]
    assert ran == [starting.IMPORTS, *[command, starting.IMPORTS] * 2]
    assert len(pairs.ours) == 2


def test_a_process_that_fails_is_no_measurement():
    with pytest.raises(Exception, match="exit status 3"):
        starting._run(["-c", "import sys; sys.exit(3)"])


def test_memory_is_measured_over_the_same_work(place):
    memory.write_work(place)
    memory.ours(place.folder)
    memory.plain(place.folder)
    [run] = (place.folder / "outputs" / "runs").iterdir()
    assert (run / "result.json").is_file()


def folders_of_jobs(place, arguments):
    """What `scripts/train.py -m` would leave: jobs that train 3 s each, a second after another."""
    [name] = [a.partition("=")[2] for a in arguments if a.startswith("sweep.name=")]
    [seeds] = [a.partition("=")[2] for a in arguments if a.startswith("seed=")]
    for seed in map(int, seeds.split(",")):
        folder = place.folder / "outputs" / "sweeps" / name / "jobs" / f"{seed}"
        folder.mkdir(parents=True)
        write_status(folder, Status("done", started=100.5 + seed, ended=104.0 + seed))
        write_result(folder, {"seconds": {"prepare": 0.5, "train": 2.0, "validation": 1.0}})


def test_a_sweep_is_compared_with_the_training_of_its_jobs(place, monkeypatch):
    monkeypatch.setattr(sweeps, "_run", lambda arguments: folders_of_jobs(place, arguments))
    pairs = sweeps.overhead(place)
    assert pairs.ours == [sweeps.JOBS - 1 + 4.0] * 2
    assert pairs.reference == [sweeps.JOBS * 3.0 / sweeps.SLOTS] * 2


@pytest.mark.parametrize(
    ("measure", "others"),
    [
        (sweeps.slots, "hydra.launcher.slots=1"),
        (sweeps.beside_basic, "hydra/launcher=basic"),
        (sweeps.beside_joblib, "hydra/launcher=joblib"),
    ],
)
def test_sweeps_take_turns_on_the_same_jobs(place, monkeypatch, measure, others):
    ran = []

    def run(arguments):
        ran.append(arguments)
        if arguments[0] == starting.TRAIN:
            folders_of_jobs(place, arguments)

    monkeypatch.setattr(sweeps, "_run", run)
    assert len(measure(place).ours) == 2
    assert [others in arguments for arguments in ran] == [False, True] * 2
    jobs = [{a for a in arguments if a.startswith(("seed=", "data", "mod"))} for arguments in ran]
    assert jobs == [jobs[0]] * 4


def test_hydras_own_launcher_trains_the_same_jobs(place, monkeypatch, capsys):
    monkeypatch.chdir(place.folder)
    jobs = place.command("data=imdb", "model=mlp", "trainer.max_epochs=1", "seed=1,2")
    monkeypatch.setattr(sys, "argv", ["stock", *sweeps.BASIC[2:], *jobs])
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    stock.main()
    assert capsys.readouterr().out.count("run folder: ") == 2
    results = [read_result(f) for f in (place.folder / "outputs" / "runs").iterdir()]
    assert {result["seed"] for result in results} == {1, 2}


@pytest.mark.parametrize("measure", [inspecting.attention, inspecting.filters, inspecting.demo])
def test_looking_is_a_part_of_the_training_it_looks_at(place, measure):
    if measure is inspecting.demo:
        place = replace(place, overrides=("data.reviews=100",))
    pairs = measure(place)
    assert len(pairs.ours) == place.pairs
    assert all(0 < ours < whole for ours, whole in zip(pairs.ours, pairs.reference, strict=True))


def test_both_ways_take_turns():
    turns = []
    values = iter([3.0, 1.0, 10.0, 5.0, 8.0, 2.0])

    def turn(name):
        turns.append(name)
        return next(values)

    pairs = alternate(partial(turn, "ours"), partial(turn, "reference"), 3)
    assert turns == ["ours", "reference"] * 3
    assert pairs.ratio == 3.0  # of 3, 2 and 4
    assert pairs.difference == 5.0  # of 2, 5 and 6


def test_a_row_above_its_limit_stands_out():
    cells = report.line(ROWS["step"], Pairs([0.004, 0.005], [0.002, 0.002]))
    assert cells == ("**2.25 x**", "1.25 x", "4.5 ms", "2 ms", "2")
    assert report.line(ROWS["start"], Pairs([4.0], [3.5]))[:2] == ("+0.50 s", "+1.50 s")


def test_the_page_keeps_what_people_wrote(tmp_path):
    page = tmp_path / "benchmarks.md"
    page.write_text(f"before\n{report.BEGIN}\nstale\n{report.END}\nafter\n")
    pairs = {name: Pairs([1.0], [2.0]) for name in ROWS}
    for _ in range(2):
        report.write(pairs, page)
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("\nafter\n") and "stale" not in text
    assert text.count("| step |") == 1 and report.machine() in text


def test_the_page_of_this_repository_has_a_place_for_the_table():
    text = report.PAGE.read_text()
    assert 0 < text.index(report.BEGIN) < text.index(report.END)


def test_rows_are_chosen_by_name():
    assert main.chosen([]) == list(ROWS)
    assert main.chosen(["rows=epoch,step"]) == ["step", "epoch"]
    with pytest.raises(InputError, match="did you mean 'step'"):
        main.chosen(["rows=stap"])
    with pytest.raises(InputError, match="allowed: rows="):
        main.chosen(["row=step"])


def test_help_names_the_rows_and_imports_nothing_heavy():
    code = (
        "import sys; sys.argv[1:] = ['--help']; from reviewlab.benchmarks.main import main; main();"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(f"\n  {name} " in done.stdout for name in ROWS)
    assert max(map(len, done.stdout.splitlines())) < 80


def test_rows_that_need_the_reviews_are_skipped_without_them(monkeypatch, capsys):
    monkeypatch.delenv("REVIEWLAB_IMDB", raising=False)
    names = [name for name, row in ROWS.items() if row.reviews]
    assert main.measure(names) == {}
    assert capsys.readouterr().out.count("skipped: REVIEWLAB_IMDB is not set") == len(names)


def test_a_row_that_needs_a_package_is_skipped_without_it(monkeypatch, capsys):
    monkeypatch.setenv("REVIEWLAB_IMDB", "x")
    monkeypatch.setattr(main, "find_spec", lambda name: None)
    names = [name for name, row in ROWS.items() if row.package]
    assert main.measure(names) == {}
    assert capsys.readouterr().out.count("is not installed: pip install") == len(names) == 1


def test_every_row_names_something_that_can_be_measured():
    for row in ROWS.values():
        assert math.isfinite(row.limit) and row.pairs > 0
        module, name = row.measure.split(".")
        assert callable(getattr(globals()[module], name))
