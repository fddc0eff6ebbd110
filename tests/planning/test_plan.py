"""The jobs of a sweep are planned and checked before any of them starts."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.pretrained_sources import source

from reviewlab.config.build import build_classifier
from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.config.request import compose_request
from reviewlab.config.sweep_request import SweepRequest
from reviewlab.exceptions import InputError
from reviewlab.planning.plan import Planner
from reviewlab.running.run import run
from reviewlab.runs.identity import configuration_id, run_id
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.settings import SweepSettings

SMALL = ["data.reviews=200"]


def planner(*arguments: str, name: str = "s", **settings: Any) -> Planner:
    return Planner([*SMALL, *arguments], SweepSettings(**settings), name)


def plan(*arguments: str, name: str = "s", **settings: Any) -> list[Job]:
    return planner(*arguments, name=name, **settings).jobs()


def refused(*arguments: str, **settings: Any) -> str:
    """Return the error message."""
    with pytest.raises(InputError) as raised:
        plan(*arguments, **settings)
    assert "\n" not in str(raised.value)
    return str(raised.value)


VARIED = [
    ["model=lstm,gru", "optimizer.lr=1e-3,1e-2", "seed=0,1"],
    ["optimizer=adam,sgd", "+trainer.min_epochs=1,2", "~callbacks.progress"],
    ["loss=cross_entropy,mse", "data/text=words,bpe", "++model.hidden_size=3,5"],
    [
        "experiment=demo,imdb/lstm_masked",
        "data=demo",
        "loss=cross_entropy",
        "optimizer.lr=0.5,0.25",
        "trainer.max_epochs=3",
    ],
    ["monitor='val/accuracy'", "mode=max", "callbacks=default,early_stopping", "outputs='a=b, ü'"],
    ["optimizer.betas=[0.8,0.9],[0.9,0.99]", "name='a.b',c", "seed=${data.split_seed},1"],
    ["debug=limit,overfit", "trainer.max_epochs=null,4", "trainer.accumulate_grad_batches=2"],
]


@pytest.mark.parametrize("arguments", VARIED)
def test_a_jobs_config_is_that_of_a_single_run(arguments: list[str]) -> None:
    made = planner(*arguments)
    jobs = made.jobs()
    assert jobs
    for job in jobs:
        alone = check_config(compose_config("train", [*made.fixed, *job.overrides]))
        assert made.experiment(job) == alone
        config = alone.as_config()
        assert not {"sweep", "hydra"} & config.keys()
        data = alone.data.build()
        assert job.run_id == run_id(config, data.fingerprint())
        assert job.configuration_id == configuration_id(config, data.fingerprint())


def test_a_configs_change_reaches_no_other_job() -> None:
    made = planner("model=lstm,gru", "optimizer.lr=1,2")
    jobs = made.jobs()
    before = made.experiment(jobs[0])
    made.experiment(jobs[1]).optimizer.value("betas").append(7)
    assert made.experiment(jobs[0]) == before
    assert len(made.experiment(jobs[1]).optimizer.value("betas")) == 2


def test_seeds_share_a_configuration_and_no_run() -> None:
    jobs = plan("model=lstm,gru", seeds=3)
    assert len({job.run_id for job in jobs}) == 6
    assert len({job.configuration_id for job in jobs}) == 2


def test_a_jobs_seed_is_the_one_that_the_leaderboard_names() -> None:
    assert [job.seed for job in plan("model=lstm,gru", seeds=2)] == ["0", "0", "1", "1"]
    assert [job.seed for job in plan("data.seed=7", seeds=2)] == ["0 7", "1 7"]


def test_duplicates_run_once_and_numbers_stay() -> None:
    jobs = plan("optimizer.lr=1,1.0,2", "seed=7,7")
    assert [(job.number, job.overrides) for job in jobs] == [
        (0, ("seed=7", "optimizer.lr=1")),
        (2, ("seed=7", "optimizer.lr=2")),
    ]


def test_null_seeds_are_recorded_and_the_same_each_time() -> None:
    jobs = plan("seed=7,null,null")
    assert len({job.run_id for job in jobs}) == 3
    assert jobs == plan("seed=7,null,null")
    assert [*jobs][1:] != plan("seed=7,null,null", name="other")[1:]
    made = planner("seed=7,null,null")
    for job in jobs:
        assert job.overrides == (f"seed={made.experiment(job).seed}",)


@pytest.mark.parametrize("devices", ["1", "2", "[0]", "'2'"])
def test_devices(devices: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    accelerator = [] if devices != "[0]" else ["trainer=cpu"]
    try:
        [job] = plan("trainer=ddp", f"trainer.devices={devices}", *accelerator)
    except InputError:
        assert devices == "[0]"  # a list names GPUs
    else:
        assert job.devices == int(devices.strip("'"))


@pytest.mark.parametrize(("accelerator", "gpu"), [("auto", True), ("cpu", False)])
def test_what_computes_on_whatever_there_is_takes_a_gpu(
    accelerator: str, gpu: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    [job] = plan(f"trainer.accelerator={accelerator}")
    assert job.gpu is gpu


def test_parameters_are_those_of_the_model() -> None:
    for job in plan("model=glob(*,exclude=[image_cnn,mlp,pretrained])"):
        experiment = planner().experiment(job)
        data = experiment.data.build()
        data.prepare()
        model = build_classifier(experiment, data.facts())
        assert job.parameters == sum(p.numel() for p in model.parameters())


def test_a_pretrained_encoder_is_planned_without_its_weights() -> None:
    arguments = ["model=pretrained", f"model.source={source()}", "data.text.max_length=20"]
    jobs = plan(*arguments, "model.train=all,head,lora")
    assert jobs[0].parameters == jobs[1].parameters < jobs[2].parameters
    assert len({job.run_id for job in jobs}) == 3


TRAINED = 128
"""The training reviews of 200, after a fifth for the test and a fifth of the rest."""


@pytest.mark.parametrize(
    ("arguments", "steps"),
    [
        ([], 4 * 10),
        (["data.batch_size=50"], 3 * 10),
        (["trainer.max_epochs=2"], 4 * 2),
        (["trainer.max_epochs=2", "trainer.max_steps=5"], 5),
        (["trainer.max_epochs=-1", "trainer.max_steps=5"], 5),
        (["trainer.accumulate_grad_batches=3", "trainer.max_epochs=1"], 2),
        (["trainer.limit_train_batches=3", "trainer.max_epochs=2"], 3 * 2),
        (["trainer.limit_train_batches=0.5", "trainer.max_epochs=2"], 2 * 2),
        (["trainer.limit_train_batches=1.0", "trainer.max_epochs=2"], 4 * 2),
        (["optimizer=full_batch", "trainer.max_epochs=7"], 7),
    ],
)
def test_steps(arguments: Sequence[str], steps: int) -> None:
    [job] = plan(*arguments)
    assert job.steps == steps


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        (["optimizer.lr=1,-1"], {}, "job 1 (optimizer.lr=-1): optimizer.lr: -1 is not allowed"),
        (
            ["model=lstm,transformer", "model.num_layers=1,0"],
            {},
            "job 1 (model=lstm model.num_layers=0): model.num_layers: 0 is not allowed",
        ),
        (
            ["model=lstm,mlp", "model.hidden_size=4,5", "model.bidirectional=true,false"],
            {},
            "job 4 (model=mlp model.hidden_size=4 model.bidirectional=true): model.bidirect",
        ),
        (
            ["model=transformer", "model.num_heads=2,3"],
            {},
            "job 1 (model.num_heads=3): model.",
        ),
        (
            ["model.mask_padding=true,false"],
            {},
            "job 1 (model.mask_padding=false): data.text.pad_to: 'longest' is not allowed",
        ),
        (["loss=cross_entropy,bce"], {}, "job 1 (loss=bce): loss: bce needs two classes"),
        (["optimizer=adam,nesterov", "+optimizer.momentum=0"], {}, "job 0 (optimizer=adam): "),
        ([], {"grid": {"optimizr.lr": [1, 2]}}, "job 0 (optimizr.lr=1): optimizr.lr: no such key"),
        ([], {"grid": {"model": ["lstn", "gru"]}}, "job 0 (model=lstn): model: there is no 'lstn'"),
        ([], {"grid": {"modle": ["lstm"]}}, "modle: no such key; did you mean 'model'?"),
        (["optimizer.lr=choice()"], {}, "optimizer.lr=choice(): not readable as key=value: "),
        (["optimizer.lr=1,2", "seed=[1"], {}, "seed=[1: not readable as key=value: "),
        (["data.batch_size=8,500"], {}, "job 1 (data.batch_size=500): data.batch_size: 500 is"),
    ],
)
def test_one_impossible_combination_is_named(
    arguments: list[str], settings: dict[str, Any], message: str
) -> None:
    assert refused(*arguments, **settings).startswith(message)


@pytest.mark.parametrize("wrong", ["model=lstm,lstn", "model.hidden_size=8,0", "seed=0,x"])
def test_no_data_are_read_for_what_cannot_work(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Planner, "_data_facts", lambda planner, experiment: pytest.fail("data were read")
    )
    assert refused(wrong).startswith("job 1 (")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"metric": "val/acuracy"}, "sweep.metric: 'val/acuracy' is not measured on the"),
        ({"metric": "test/accuracy"}, "sweep.metric: 'test/accuracy' is not measured on"),
        ({"metric": "val/loss"}, "sweep.mode: 'max' would select the worst val/loss; allowed: m"),
    ],
)
def test_what_could_not_be_ranked_is_refused(settings: dict[str, Any], message: str) -> None:
    assert refused("seed=0,1", **settings).startswith(f"job 0 (seed=0): {message}")


def test_a_misspelt_key_of_a_file_gets_its_suggestion() -> None:
    assert "did you mean 'optimizer.lr'?" in refused(grid={"optimizr.lr": [1, 2]})
    assert "did you mean 'lstm'?" in refused(grid={"model": ["lstn", "gru"]})
    assert "did you mean 'optimizer'?" in refused(zip=[{"optimzer": ["sgd", "adam"]}])


def test_a_search_makes_jobs_of_its_own() -> None:
    made = planner("model=gru")
    job = made.job(5, ["optimizer.lr=0.5", "seed=3"])
    assert (job.number, job.overrides) == (5, ("optimizer.lr=0.5", "seed=3"))
    assert made.experiment(job).optimizer.value("lr") == 0.5
    assert made.experiment(job).model.name == "GRUClassifier"


def test_what_repeats_an_earlier_job_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    plan("threads=1,2", "seed=1,2")
    assert "left out 2 of 4 jobs: each repeats an earlier job" in caplog.messages


def test_a_long_planning_tells_how_far_it_is(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("INFO")
    plan("seed=1,2")
    assert not any(message.startswith("checked") for message in caplog.messages)
    monkeypatch.setattr("reviewlab.planning.plan.EVERY", -1)
    plan("seed=1,2")
    assert {"checked 1 of 2 jobs", "checked 2 of 2 jobs"} <= {*caplog.messages}


def test_a_batch_that_devices_cannot_share_is_refused() -> None:
    message = refused("trainer=ddp", "data.batch_size=32,33", "model=mlp")
    assert message.startswith("job 1 (data.batch_size=33): data.batch_size: 33 cannot be divided")


def test_a_deleted_seed_is_missing_and_not_drawn() -> None:
    assert "seed" in refused("~seed")


def test_what_refers_to_a_seed_refers_to_that_of_its_job() -> None:
    """The reference is in a sweep's file, where no seed is known yet."""
    argument = "+sweep.grid.name=['run${seed}']"
    asked = compose_request("train", ["-m", *SMALL, "sweep.seeds=3", argument])
    assert isinstance(asked, SweepRequest)
    made = Planner(asked.arguments, asked.settings, "s")
    assert [made.experiment(job).name for job in made.jobs()] == ["run0", "run1", "run2"]


def test_a_split_that_follows_the_seed_is_no_other_configuration() -> None:
    jobs = plan("data.split_seed=null", seeds=3)
    assert len({job.configuration_id for job in jobs}) == 1
    assert len({job.run_id for job in jobs}) == 3


SMALL_RUN = ["data.reviews=200", "model=mlp", "model.num_layers=1", "trainer.max_epochs=2"]


CASES = [
    ["data.batch_size=50", "data.balanced=true", "data.bucket_by_length=true"],
    ["trainer.max_epochs=-1", "trainer.max_steps=5"],
    ["trainer.max_epochs=null", "trainer.max_steps=3"],
    ["trainer.accumulate_grad_batches=3", "trainer.limit_train_batches=99"],
    ["trainer.limit_train_batches=0.5"],
    ["debug=overfit"],
    ["optimizer=full_batch", "trainer.limit_train_batches=2"],
]


@pytest.mark.parametrize("overrides", CASES, ids=" ".join)
def test_planned_steps_are_those_of_a_real_training(overrides: list[str], tmp_path: Path) -> None:
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    arguments = [*SMALL_RUN, f"outputs={tmp_path}", "logger=csv", *overrides]
    [job] = Planner(arguments, SweepSettings(), "s").jobs()
    folder = run(check_config(compose_config("train", arguments)), []).folder
    saved = torch.load(folder.last_checkpoint, weights_only=True)
    assert saved["global_step"] == job.steps
