"""The check of a config, for this machine or for another one."""

from typing import Any

import pytest
from tests.config.refusals import line

from reviewlab.config.check import check_config, resolve_auto
from reviewlab.config.compose import compose_config
from reviewlab.config.machine import Machine
from reviewlab.exceptions import InputError


def test_without_a_gpu_there_is_a_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    message = line("trainer=gpu")
    assert message.startswith(
        "trainer.accelerator: 'cuda', but torch finds no GPU here; allowed: cpu"
    )


@pytest.mark.parametrize(("bf16", "precision"), [(True, "bf16-mixed"), (False, "32-true")])
def test_the_gpus_precision_is_decided_and_kept(
    bf16: bool, precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def supported(including_emulation: bool = True) -> bool:
        return bf16 or including_emulation

    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.is_bf16_supported", supported)

    config: dict[str, Any] = compose_config("train", ["trainer=gpu"])
    assert resolve_auto(config)["trainer"]["precision"] == precision
    assert config["trainer"]["precision"] == "auto"


def test_what_depends_on_another_machine_has_to_be_explicit() -> None:
    config: dict[str, Any] = compose_config("train", ["trainer=gpu"])
    with pytest.raises(InputError, match=r"^trainer\.precision: auto depends on the node"):
        check_config(config, Machine.ELSEWHERE)
    named = compose_config("train", ["trainer=gpu", "trainer.precision=bf16-mixed"])
    experiment = check_config(named, Machine.ELSEWHERE)
    assert experiment.trainer.value("accelerator") == "cuda"
    assert experiment.trainer.value("precision") == "bf16-mixed"


def test_parts_that_were_built_before_are_not_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Any] = []
    trainers: list[Any] = []
    monkeypatch.setattr("reviewlab.config.check.dry_build", built.append)
    monkeypatch.setattr("reviewlab.config.check.dry_build_trainer", trainers.append)
    keys: set[str] = set()
    for overrides in (["seed=1"], ["seed=2"], ["model=gru"], ["optimizer.lr=0.5"]):
        check_config(compose_config("train", overrides), built=keys)
    assert len(built) == 2  # seeds and models change none of these parts
    assert len(trainers) == 1  # nor does another learning rate
    check_config(compose_config("train", []))
    assert (len(built), len(trainers)) == (3, 2)


def test_a_part_that_cannot_be_built_is_refused_every_time() -> None:
    keys: set[str] = set()
    for override in ["optimizer.betas=[0.9,2]", "trainer.gradient_clip_algorithm=x"] * 2:
        with pytest.raises(InputError, match=override.partition("=")[0]):
            check_config(compose_config("train", [override]), built=keys)
