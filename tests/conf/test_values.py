"""Values that are refused before any data is read, and what the line says."""

from typing import Any

import pytest

from reviewlab.config.bind import PROVIDED
from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.exceptions import InputError
from reviewlab.runs.identity import run_id


def line(*overrides: str) -> str:
    """What a person reads."""
    with pytest.raises(InputError) as raised:
        check_config(compose_config("train", overrides))
    text = str(raised.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("optimizer.lr=fast", "optimizer.lr: 'fast' is not allowed; allowed: a number >= 0"),
        ("optimizer.lr=-1", "optimizer.lr: -1 is not allowed; allowed: a number >= 0"),
        ("optimizer.lr=true", "optimizer.lr: true is not allowed; allowed: a number >= 0"),
        ("optimizer.lr='1'", "optimizer.lr: '1' is not allowed; allowed: a number >= 0"),
        ("optimizer.lr=nan", "optimizer.lr: nan is not allowed; allowed: a number >= 0"),
        ("optimizer.lr=null", "optimizer.lr: null is not allowed; allowed: a number >= 0"),
        ("seed=1.5", "seed: 1.5 is not allowed; allowed: a whole number >= 0"),
        ("seed=-1", "seed: -1 is not allowed; allowed: a whole number >= 0"),
        ("test=1", "test: 1 is not allowed; allowed: true or false"),
        ("mode=mni", "mode: 'mni' is not allowed; did you mean 'min'? allowed: min, max"),
        ("threads=0", "threads: 0 is not allowed; allowed: a whole number >= 1"),
        ("threads=100000", "threads: 100000 is not allowed; allowed: a whole number >= 1 and"),
        ("trainer.max_epochs=x", "trainer.max_epochs: 'x' is not allowed; allowed: a whole number"),
        ("trainer.max_epochs=-2", "trainer.max_epochs: -2 is not allowed; allowed: a whole number"),
        (
            "trainer.max_epochs=0",
            "trainer.max_epochs: 0 is not allowed; allowed: a whole number >= 1 or -1 or null",
        ),
        ("trainer.max_steps=0", "trainer.max_steps: 0 is not allowed; allowed: a whole number >="),
        ("trainer.gradient_clip_val=-1", "trainer.gradient_clip_val: -1 is not allowed; allowed:"),
        ("trainer.max_time=soon", "trainer.max_time: 'soon' is not allowed: "),
        (
            "trainer.limit_train_batches=-3",
            "trainer.limit_train_batches: -3 is not allowed; allowed: a whole number >= 1 or a "
            "number > 0 and <= 1 or null",
        ),
        ("trainer.limit_train_batches=0", "trainer.limit_train_batches: 0 is not allowed; allowed"),
        ("trainer.limit_train_batches=0.0", "trainer.limit_train_batches: 0.0 is not allowed; "),
        ("+trainer.overfit_batches=1", "trainer.overfit_batches: 1 is not allowed; allowed: 0"),
        ("trainer.devices=0", "trainer.devices: 0 is not allowed: "),
        ("trainer.accelerator=cup", "trainer.accelerator: 'cup' is not allowed: "),
        (
            "trainer.strategy=fsdp",
            "trainer.strategy: 'fsdp' is not allowed: The strategy `fsdp` re",
        ),
        ("trainer.precision=17", "trainer.precision: 17 is not allowed; allowed: "),
        (
            "model.hidden_size=0",
            "model.hidden_size: 0 is not allowed; allowed: a whole number >=",
        ),
        ("model.pooling=lst", "model.pooling: 'lst' is not allowed; did you mean 'last'? allowed:"),
        ("loss.label_smoothing=1", "loss.label_smoothing: 1 is not allowed; allowed: a number >="),
        ("data.validation=1", "data.validation: 1 is not allowed; allowed: a number >= 0 and < 1"),
        ("data.text.padding=left", "data.text.padding: 'left' is not allowed; allowed: pre, post"),
        ("data.batch_size=[64]", "data.batch_size: [64] is not allowed; allowed: a whole number"),
        ("name=a/b", "name: 'a/b' is not allowed; allowed: a text that matches"),
        ("callbacks.progress=3", "callbacks.progress: 3 is not allowed; allowed: Callback or null"),
        ("outputs=", "outputs: '' is not allowed; allowed: a path"),
        ("logger=mlflow", "logger: 'mlflow' is not installed; pip install 'reviewlab[mlflow]'"),
        ("logger=wandb", "logger: 'wandb' is not installed; pip install 'reviewlab[wandb]'"),
        ("~model", "model: missing; allowed: ReviewClassifier"),
        ("~optimizer._target_", "optimizer: a Optimizer needs the key '_target_'"),
    ],
)
def test_a_value_that_does_not_suit(override: str, said: str) -> None:
    assert line(override).startswith(said)


def test_betas_are_a_list_of_two_shares() -> None:
    assert check_config(compose_config("train", ["optimizer.betas=[0.8,0.9]"]))
    for betas in ("[0.9]", "[0.9,2]", "0.9", "[a,b]"):
        assert line(f"optimizer.betas={betas}").startswith("optimizer.betas: ")


def test_whole_numbers_do_for_numbers() -> None:
    assert check_config(compose_config("train", ["optimizer.lr=1", "data.validation=0"]))


@pytest.mark.parametrize(
    ("key", "one", "other", "same"),
    [
        ("loss.label_smoothing", "0", "0.0", True),
        ("optimizer.betas", "[0,0.9]", "[0.0,0.9]", True),
        ("trainer.gradient_clip_val", "1", "1.0", True),
        ("loss.class_weight", "[1,2,1,1,1]", "[1.0,2,1,1,1.0]", True),
        ("trainer.limit_val_batches", "1", "1.0", False),  # a batch, or all of them
        ("trainer.limit_train_batches", "1", "1.0", False),
        ("model.hidden_size", "1", "1.0", None),
    ],
)
def test_a_number_is_one_experiment_however_it_is_typed(
    key: str, one: str, other: str, same: bool | None
) -> None:
    first = check_config(compose_config("train", [f"{key}={one}"]))
    if same is None:
        assert line(f"{key}={other}").startswith(f"{key}: 1.0 is not allowed")
        return
    second = check_config(compose_config("train", [f"{key}={other}"]))
    assert (run_id(first.as_config(), "f") == run_id(second.as_config(), "f")) is same


def test_a_combination_that_only_the_constructor_knows_names_its_key() -> None:
    said = line("optimizer=nesterov", "optimizer.momentum=0")
    assert said.startswith("optimizer.nesterov: True is not allowed: Nesterov momentum requires")


@pytest.mark.parametrize("group", ["model", "loss", "optimizer", "trainer", "logger", "scheduler"])
def test_what_comes_from_the_data_or_the_run_cannot_be_set(group: str) -> None:
    refused = 0
    for name in sorted(PROVIDED[group]):
        said = line(f"+{group}.{name}=3")
        refused += said == f"{group}.{name}: comes from the data or the run; it cannot be set"
        assert "it cannot be set" in said or "no such key" in said
    assert refused


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("os.system", "model._target_: 'os.system' is not allowed; allowed: reviewlab.*, "),
        ("3", "model._target_: 3 is not allowed"),
        ("torch.load", "model._target_: 'torch.load' is not allowed"),
        ("reviewlab.cli.train.os.system", "model._target_: "),
        ("reviewlab.cli.train.sys", "model._target_: there is no 'reviewlab.cli.train.sys'"),
        ("reviewlab.training.loggers.find_spec", "model._target_: there is no"),
        ("reviewlab.models.rnn.LSTMClasifier", "model._target_: there is no"),
        ("reviewlab.modles.rnn.LSTMClassifier", "model._target_: 'reviewlab.modles.rnn"),
        ("torch.optim.Adam", "model._target_: 'torch.optim.Adam' does not make ReviewClassifier"),
    ],
)
def test_targets_that_are_none(target: str, said: str) -> None:
    assert line(f"model._target_={target}").startswith(said)


def test_a_misspelt_target_gets_a_suggestion() -> None:
    said = line("model._target_=reviewlab.models.rnn.LSTMClasifier")
    assert said.endswith("did you mean 'LSTMClassifier'?")


def test_a_target_that_takes_anything_is_refused() -> None:
    said = line("++trainer.profiler={_target_: pytorch_lightning.profilers.PyTorchProfiler}")
    assert said.startswith("trainer.profiler._target_: PyTorchProfiler takes any argument")


@pytest.mark.parametrize(
    ("monitor", "said"),
    [
        ("val/acc", "did you mean 'val/accuracy'? allowed: val/accuracy, "),
        ("test/loss", "no metric 'test/loss' is measured on the validation split"),
        ("train/loss", "no metric 'train/loss' is measured on the validation split"),
        ("loss", "did you mean 'val/loss'?"),
    ],
)
@pytest.mark.parametrize("key", ["monitor", "callbacks.early_stopping.monitor"])
def test_only_metrics_of_the_validation_can_be_watched(key: str, monitor: str, said: str) -> None:
    text = line("callbacks=early_stopping", f"{key}={monitor}")
    assert text.startswith(f"{key}: ")
    assert said in text


def test_stars_have_an_error_in_stars_and_two_classes_have_none() -> None:
    check_config(compose_config("train", ["monitor=val/mae"]))
    assert "no metric 'val/mae'" in line("monitor=val/mae", "data=imdb", "loss=bce")


def test_a_callback_is_switched_off_by_its_own_name() -> None:
    said = line("callbacks=early_stopping", "+callbacks.early_stoping=null")
    assert said.endswith("no such key; did you mean 'callbacks.early_stopping'?")
    config = check_config(compose_config("train", ["+callbacks.attention=null"]))  # was not chosen
    assert config.callbacks["attention"] is None


def test_nobody_looks_for_the_worst_epoch() -> None:
    check_config(compose_config("train", ["monitor=val/accuracy", "mode=max"]))
    said = line("monitor=val/accuracy")
    assert said == "mode: 'min' would look for the worst val/accuracy; allowed: max"
    assert line("mode=max").startswith("mode: 'max' would look for the worst val/loss")


def test_without_validation_no_schedule_can_watch_it() -> None:
    assert line("scheduler=plateau", "data.validation=0").startswith("scheduler.monitor: nothing")


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        (["trainer.max_epochs=-1"], True),
        (["trainer.max_epochs=null", "trainer.max_time=00:01:00:00"], True),
        (["trainer.max_epochs=-1", "trainer.max_steps=100"], False),
        (["trainer.max_epochs=null"], False),
    ],
)
def test_cosine_needs_an_end(overrides: list[str], told: bool) -> None:
    if told:
        assert line("scheduler=cosine", *overrides).startswith("scheduler: cosine has to know")
    else:
        assert check_config(compose_config("train", ["scheduler=cosine", *overrides]))


def test_no_more_processes_than_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    said = line("trainer=ddp", "trainer.devices=1000")
    assert said.startswith("trainer.devices: 1000 processes are more than")
    assert said.endswith("allowed: 1 to 2")


def test_full_batch_accumulates_by_itself() -> None:
    said = line("optimizer=full_batch", "trainer.accumulate_grad_batches=2")
    assert said.startswith("trainer.accumulate_grad_batches: 2 is not allowed with full_batch")


def test_without_a_gpu_there_is_a_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    said = line("trainer=gpu")
    assert said.startswith("trainer.accelerator: 'cuda', but torch finds no GPU here; allowed: cpu")


@pytest.mark.parametrize(("bf16", "precision"), [(True, "bf16-mixed"), (False, "32-true")])
def test_the_gpus_precision_is_decided_and_kept(
    bf16: bool, precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def supported(including_emulation: bool = True) -> bool:
        return bf16 or including_emulation

    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.is_bf16_supported", supported)
    from reviewlab.config.check import resolve_auto

    config: dict[str, Any] = compose_config("train", ["trainer=gpu"])
    assert resolve_auto(config)["trainer"]["precision"] == precision
    assert config["trainer"]["precision"] == "auto"
