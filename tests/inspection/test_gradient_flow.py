"""Norms of gradients and updates are those that torch computes."""

import logging

import pytest
import torch
from pytorch_lightning.callbacks import Callback
from tests.inspection.conftest import Looked

from reviewlab.inspection import GradientFlow, gradient_flow
from reviewlab.inspection.budget import Budget
from reviewlab.inspection.gradient_flow import layers


class Reference(Callback):
    """Records the norm of the head's gradient at each step, computed by torch."""

    def __init__(self) -> None:
        self.norms: list[float] = []

    def on_before_optimizer_step(self, trainer, pl_module, optimizer) -> None:
        parts = [p.grad.norm() for p in pl_module.head.parameters()]
        self.norms.append(float(torch.stack(parts).norm()))


class Scales(Callback):
    """Scales a layer's gradient in some steps."""

    def __init__(self, prefix: str, factor: float, steps: range) -> None:
        self.prefix, self.factor, self.steps = prefix, factor, steps

    def on_after_backward(self, trainer, pl_module) -> None:
        for name, parameter in pl_module.named_parameters():
            if name.startswith(self.prefix) and trainer.global_step in self.steps:
                gradient = parameter.grad
                parameter.grad = (
                    gradient.coalesce() * self.factor
                    if gradient.is_sparse
                    else gradient * self.factor
                )


def test_the_norm_of_a_gradient_is_torchs(looked: Looked) -> None:
    reference = Reference()
    looked.train(reference, GradientFlow(every_n_steps=1))
    logged = [event.value for event in looked.events.Scalars("gradient/head")]
    assert logged == pytest.approx(reference.norms, rel=1e-5)
    assert len(logged) == 15


def test_an_update_of_plain_descent_is_the_gradient_times_the_rate(looked: Looked) -> None:
    looked.setup.optimizer = lambda parameters: torch.optim.SGD(parameters, lr=0.25)
    looked.setup.scheduler = lambda optimizer, total_steps: None
    looked.setup.trainer["max_steps"] = 1
    classifier, _ = looked.train(GradientFlow(every_n_steps=1))
    start = looked.setup.build()[0]
    events = looked.events
    for name, own in layers(start).items():
        before = torch.cat([p.detach().flatten() for p in own]).norm()
        after = torch.cat([p.detach().flatten() for p in layers(classifier)[name]])
        moved = (after - torch.cat([p.detach().flatten() for p in own])).norm()
        [update] = [event.value for event in events.Scalars(f"update/{name}")]
        [gradient] = [event.value for event in events.Scalars(f"gradient/{name}")]
        assert update == pytest.approx(float(moved / before), rel=1e-3)
        assert gradient * 0.25 == pytest.approx(float(moved), rel=1e-3)


@pytest.mark.parametrize(
    ("factor", "word"), [(0.0, "vanishes"), (1e4, "explodes"), (float("nan"), "explodes")]
)
def test_a_layer_out_of_step_is_told_once(looked: Looked, caplog, factor, word) -> None:
    with caplog.at_level(logging.WARNING, gradient_flow.__name__):
        broken = Scales("encoder.embedding", factor, range(8, 15))
        looked.train(broken, GradientFlow(every_n_steps=1))
    told = [record.message for record in caplog.records if "encoder.embedding" in record.message]
    assert len(told) == 1
    assert word in told[0] and "at step 8" in told[0]


def test_a_layer_is_compared_with_itself_beside_a_stronger_one(looked: Looked, caplog) -> None:
    strong = Scales("head", 1e3, range(15))
    broken = Scales("encoder.embedding", 3e4, range(3, 4))
    with caplog.at_level(logging.WARNING, gradient_flow.__name__):
        looked.train(strong, broken, GradientFlow(every_n_steps=1))
    assert "the gradient of encoder.embedding explodes at step 3" in caplog.text
    assert "head explodes" not in caplog.text


def test_a_weak_layer_that_recovers_does_not_explode(looked: Looked, caplog) -> None:
    with caplog.at_level(logging.WARNING, gradient_flow.__name__):
        looked.train(Scales("encoder.embedding", 1e-4, range(8)), GradientFlow(every_n_steps=1))
    assert caplog.text == ""


def test_the_beginning_is_looked_at_though_there_is_no_time(looked: Looked) -> None:
    looked.setup.trainer["max_epochs"] = 20
    looked.train(GradientFlow())
    for kind in ("gradient", "update"):
        steps = [event.step for event in looked.events.Scalars(f"{kind}/head")]
        assert steps[:10] == list(range(10))


def test_of_few_steps_fewer_are_looked_at(looked: Looked, monkeypatch) -> None:
    monkeypatch.setattr(Budget, "affords", lambda *_, **__: False)
    looked.train(GradientFlow())
    assert [event.step for event in looked.events.Scalars("gradient/head")] == [0]  # of 15


def test_a_sound_training_is_told_nothing(looked: Looked, caplog) -> None:
    with caplog.at_level(logging.WARNING, gradient_flow.__name__):
        looked.train(GradientFlow(every_n_steps=1))
    assert caplog.text == ""


def test_every_trained_parameter_stands_in_one_layer(looked: Looked) -> None:
    classifier, _, _ = looked.setup.build()
    classifier.head.bias.requires_grad = False
    found = [id(p) for own in layers(classifier).values() for p in own]
    assert sorted(found) == sorted(id(p) for p in classifier.parameters() if p.requires_grad)
