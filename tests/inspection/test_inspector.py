"""Inspectors leave the training unchanged, and stay within their time budget."""

import logging
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.clock import Clock
from tests.inspection.conftest import Looked

from reviewlab import inspection
from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.exceptions import InputError
from reviewlab.inspection import AttentionMaps, ConvolutionFilters, budget, inspector
from reviewlab.inspection.inspector import EpochInspector, Inspector, looking
from reviewlab.models import CNNClassifier, LSTMAttentionClassifier, LSTMClassifier
from reviewlab.runs.identity import hyperparameters, run_id

INSPECTORS = [getattr(inspection, name) for name in inspection.__all__]


def every(kind: type[Inspector]) -> Inspector:
    """An inspector that looks as often as possible."""
    names = kind.__init__.__code__.co_varnames
    return kind(**{name: 1 for name in names if name.startswith("every_n_")})


@pytest.mark.parametrize(
    "make",
    [
        lambda *of: LSTMClassifier(*of, input_dropout=0.3),
        lambda *of: LSTMAttentionClassifier(*of, dropout=0.3),
        lambda *of: CNNClassifier(*of, dropout=0.3),
    ],
    ids=["lstm", "lstm_attention", "cnn"],
)
def test_looking_changes_no_weight_and_no_metric(looked: Looked, make) -> None:
    found = []
    for callbacks in ([], [every(kind) for kind in INSPECTORS]):
        torch.manual_seed(0)
        classifier, result = looked.train(*callbacks, model=make)
        curves = [{k: v for k, v in e.items() if k != "seconds"} for e in result.curves]
        found.append((classifier.state_dict(), curves))
    (before, without), (after, curves) = found
    assert all(torch.equal(after[name], weights) for name, weights in before.items())
    assert curves == without


def test_what_is_looked_at_is_no_part_of_the_run_id() -> None:
    plain, all_on, one_off = (
        check_config(compose_config("train", arguments)).as_config()
        for arguments in (
            [],
            ["callbacks=inspect"],
            ["callbacks=inspect", "callbacks.corpus=null"],
        )
    )
    assert len({run_id(config, "data") for config in (plain, all_on, one_off)}) == 1
    assert hyperparameters(all_on) == hyperparameters(plain)
    stops = check_config(
        compose_config("train", ["callbacks=[early_stopping,inspect]"])
    ).as_config()
    assert run_id(stops, "data") == run_id(
        check_config(compose_config("train", ["callbacks=early_stopping"])).as_config(), "data"
    )
    assert run_id(stops, "data") != run_id(plain, "data")


@pytest.mark.parametrize("kind", INSPECTORS)
def test_an_inspector_is_switched_by_its_own_name(kind: type[Inspector]) -> None:
    key = every(kind).key
    chosen = compose_config("train", [f"callbacks={key}"])["callbacks"][key]
    assert chosen["_target_"] == f"reviewlab.inspection.{kind.__name__}"


def test_a_run_always_saves_whatever_callbacks_are_chosen() -> None:
    for choice in ("default", "inspect", "corpus", "[early_stopping,attention]"):
        chosen = compose_config("train", [f"callbacks={choice}"])["callbacks"]
        assert {"checkpoints", "progress"} <= set(chosen)


def test_an_experiments_early_stopping_cannot_be_replaced_unseen() -> None:
    config = compose_config("train", ["experiment=imdb/lstm", "callbacks=inspect"])
    with pytest.raises(InputError, match=r"callbacks=\[early_stopping,\.\.\.\]"):
        check_config(config)


def test_a_callback_that_finds_nothing_to_show_says_so(looked: Looked, caplog) -> None:
    with caplog.at_level(logging.INFO, "reviewlab"):
        looked.train(AttentionMaps(), ConvolutionFilters())
    assert "attention has nothing to show without attention" in caplog.text
    assert "convolution has nothing to show without convolutions" in caplog.text
    assert looked.events.Tags()["images"] == []


def test_without_tensorboard_there_is_nowhere_to_show_it(looked: Looked, caplog) -> None:
    looked.setup.callbacks = lambda: [every(kind) for kind in INSPECTORS]
    with caplog.at_level(logging.INFO, "reviewlab"):
        looked.setup.run()
    assert caplog.text.count("nothing to show without logger=tensorboard") == len(INSPECTORS)


def test_a_model_is_left_as_it_was() -> None:
    model = torch.nn.Sequential(torch.nn.Dropout(), torch.nn.Sequential(torch.nn.Dropout()))
    model[1].eval()
    with looking(model):
        assert not any(module.training for module in model.modules())
    assert [module.training for module in model.modules()] == [True, True, False, False]


@given(st.lists(st.floats(0.001, 5), max_size=60), st.floats(0.001, 2))
def test_equally_dear_looks_never_take_more_than_their_share(epochs, cost) -> None:
    now = [0.0]
    clock = type("Clock", (), {"perf_counter": staticmethod(lambda: now[0])})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(budget, "time", clock)
        purse = budget.Budget(first_seconds=cost)
        purse.start()
        for seconds in epochs:
            now[0] += seconds
            if purse.affords(looks=2):
                with purse.look():
                    now[0] += cost
            assert purse.spent <= budget.SHARE * now[0]
        assert not epochs or purse.spent + cost <= budget.SHARE * now[0] or purse.spent == 0


class Dear(EpochInspector):
    """Draws for a number of seconds on the clock of the test."""

    def __init__(self, clock: Any, seconds: float, first_seconds: float) -> None:
        super().__init__(first_seconds, None)
        self.clock, self.seconds, self.writer = clock, seconds, cast(Any, "somewhere")
        self.budget.start()

    def draw(self, *arguments: Any) -> None:
        self.clock.now += self.seconds


@given(
    st.lists(st.floats(0.001, 20), min_size=1, max_size=60), st.floats(0.001, 2), st.floats(1, 3)
)
def test_no_training_spends_more_than_the_limit_on_looking(epochs, seconds, careful) -> None:
    """The limit holds at any time, if a first look costs no more than estimated."""
    clock = SimpleNamespace(now=0.0)
    clock.perf_counter = lambda: clock.now
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(budget, "time", clock)
        dear = Dear(clock, seconds, careful * seconds)
        for epoch, more in enumerate(epochs):
            clock.now += more
            dear.on_train_epoch_end(SimpleNamespace(current_epoch=epoch, global_step=epoch), None)
        dear.on_train_end(SimpleNamespace(global_step=len(epochs)), None)
    assert dear.budget.spent <= budget.LIMIT * clock.now
    if sum(epochs) > careful * seconds / budget.LIMIT:
        assert dear.budget.spent > 0


def test_the_time_of_a_training_that_is_gone_on_with_counts(monkeypatch) -> None:
    now = [0.0]
    monkeypatch.setattr(budget, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    stopped, gone_on = (Dear(SimpleNamespace(), 1.0, first_seconds=1.0) for _ in range(2))
    now[0] += 30 / budget.LIMIT
    stopped.budget.spent = 2.0
    gone_on.load_state_dict(stopped.state_dict())
    now[0] += 99.0
    gone_on.budget.start()
    assert gone_on.budget.affords(28, share=budget.LIMIT)
    assert not gone_on.budget.affords(29, share=budget.LIMIT)


def test_the_end_is_left_out_where_there_is_no_time_and_this_is_said(
    looked: Looked, caplog, monkeypatch
) -> None:
    monkeypatch.setattr(budget.Budget, "affords", lambda *_, **__: False)
    kinds = [inspection.HeldOut, inspection.ConvolutionFilters, inspection.CorpusFigures]
    with caplog.at_level(logging.INFO, "reviewlab"):
        looked.train(*[kind() for kind in kinds], model=lambda o, v: CNNClassifier(o, v))
    assert looked.events.Tags()["images"] == []
    for key in ("held_out", "convolution", "corpus"):
        assert f"too short a training for {key}; callbacks.{key}.every_n_epochs=1" in caplog.text


def test_the_end_is_drawn_where_there_is_time(looked: Looked, monkeypatch) -> None:
    monkeypatch.setattr(budget, "time", Clock())  # too short for a drawing in between
    monkeypatch.setattr(inspector, "LIMIT", 1e6)
    looked.train(inspection.HeldOut())
    steps = [event.step for event in looked.events.Images("held_out/confusion_matrix")]
    assert steps == [15]


def test_a_period_that_is_set_is_kept(looked: Looked) -> None:
    looked.train(inspection.HeldOut(every_n_epochs=2))
    steps = [event.step for event in looked.events.Images("held_out/recall")]
    assert steps == [10, 15]
