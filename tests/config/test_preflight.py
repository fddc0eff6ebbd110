"""Values that only a constructor refuses are found before any data are read."""

import pytest
from tests.config.refusals import line

from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.exceptions import InputError


def test_a_combination_that_only_the_constructor_knows_names_its_key() -> None:
    message = line("optimizer=nesterov", "optimizer.momentum=0")
    assert message.startswith("optimizer.nesterov: True is not allowed: Nesterov momentum requires")


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
        assert line("scheduler=cosine", *overrides).startswith(
            "scheduler: cosine needs a known end"
        )
    else:
        assert check_config(compose_config("train", ["scheduler=cosine", *overrides]))


def test_no_more_processes_than_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    message = line("trainer=ddp", "trainer.devices=1000")
    assert message.startswith("trainer.devices: 1000 processes are too many")
    assert message.endswith("allowed: 1 to 2")


def test_full_batch_accumulates_by_itself() -> None:
    message = line("optimizer=full_batch", "trainer.accumulate_grad_batches=2")
    assert message.startswith("trainer.accumulate_grad_batches: 2 is not allowed with full_batch")


def test_an_unknown_strategy_is_refused_with_what_there_is() -> None:
    with pytest.raises(InputError) as raised:
        check_config(compose_config("train", ["trainer.strategy=ddpp"]))
    told = "trainer.strategy: 'ddpp' is not allowed; did you mean 'ddp'? allowed: auto, ddp, "
    assert str(raised.value).startswith(told)


def test_a_precision_is_offered_once() -> None:
    with pytest.raises(InputError) as raised:
        check_config(compose_config("train", ["trainer.precision=bf17"]))
    allowed = str(raised.value).partition("allowed: ")[2].removesuffix(" or null").split(", ")
    assert {"16-mixed", "bf16-mixed", "32-true", "16"} <= {*allowed}
    assert len(allowed) == len({*allowed})
    assert not any(" or " in name for name in allowed)


@pytest.mark.parametrize(
    ("overrides", "key", "remedy"),
    [
        (["data.batch_size=32"], "data.batch_size: 32", "data.batch_size=null"),
        (["data.balanced=true"], "data.balanced: true", "data.balanced=false"),
        (["trainer=ddp"], "trainer.devices: 2", "trainer.devices=1"),
        (["trainer=multi_node"], "trainer.num_nodes: 2", "trainer.num_nodes=1"),
        (
            ["trainer.gradient_clip_val=0.5"],
            "trainer.gradient_clip_val: 0.5",
            "trainer.gradient_clip_val=null",
        ),
    ],
    ids=lambda value: str(value).partition("=")[0],
)
def test_a_line_search_sees_all_reviews_on_one_device(
    overrides: list[str], key: str, remedy: str
) -> None:
    message = line("model=ngram", *overrides)
    assert message.startswith(f"{key} is not allowed with lbfgs")
    assert f"allowed: {remedy.partition('=')[2]}" in message
    assert check_config(compose_config("train", ["model=ngram", *overrides, remedy]))
    assert check_config(compose_config("train", ["model=ngram", *overrides, "optimizer=adam"]))
