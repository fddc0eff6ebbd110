"""Hydra's errors are explained in one line."""

from pathlib import Path

import pytest
import yaml

from reviewlab.config.check import bind_for
from reviewlab.config.compose import CONFIGS, compose_config
from reviewlab.exceptions import InputError


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("optimizer.lrr=1", "optimizer.lrr: no such key; did you mean 'optimizer.lr'?"),
        ("optimzer.lr=1", "optimzer.lr: no such key; did you mean 'optimizer.lr'?"),
        ("lr=1", "lr: no such key; did you mean 'optimizer.lr'?"),
        ("sed=1", "sed: no such key; did you mean 'seed'?"),
        ("modell=lstm", "modell: no such key; did you mean 'model'?"),
        ("modle=lstm", "modle: no such key; did you mean 'model'?"),
        ("seed.x=1", "seed.x: no such key; did you mean 'seed'?"),
        ("~optimizer.lrr", "optimizer.lrr: no such key; did you mean 'optimizer.lr'?"),
        ("hydra.run.dirr=1", "hydra.run.dirr: no such key; did you mean 'hydra.run.dir'?"),
        ("model=lstn", "model: there is no 'lstn'; did you mean 'lstm'? allowed: bag_lstm, cnn,"),
        ("model=xyz", "model: there is no 'xyz'; allowed: bag_lstm, cnn, "),
        (
            "data=imbd",
            "data: there is no 'imbd'; did you mean 'imdb'? allowed: demo, imdb, mnist",
        ),
        ("data/text=wrds", "data/text: there is no 'wrds'; did you mean 'words'? allowed: bpe, n"),
        (
            "experiment=imdb/lstm_maskd",
            "experiment: there is no 'imdb/lstm_maskd'; did you mean 'imdb/lstm_masked'? "
            "--help lists all ",
        ),
        ("hydra/launcher=loc", "hydra/launcher: there is no 'loc'"),
        (
            "model=lstm,gru",
            "model=lstm,gru: only one value is allowed; to run a sweep over all",
        ),
        (
            "+experiment=demo",
            "+experiment=demo: the group is chosen already; leave out the '+': experiment=demo",
        ),
        ("+model=gru", "+model=gru: the group is chosen already; leave out the '+': model=gru"),
        ("++model=gru", "++model=gru: leave out the '++': model=gru"),
        ("ckpt_path=a.ckpt", "ckpt_path: no such key; resume=<run folder> continues a run"),
        ("+trainer.ckpt_path=a", "trainer.ckpt_path: no such key; resume=<run folder> continues"),
        ("optimizer=5", "optimizer=5: the value of a config group must be the name of a file in"),
        ("optimizer.lr=[1", "optimizer.lr=[1: not readable as key=value: "),
        ("optimizer", "'optimizer' has no '='; give key=value"),
        ("a/best.ckpt", "'a/best.ckpt' has no '='; give key=value, such as checkpoint=a/best.ckpt"),
        ("epochs=1", "epochs: no such key; did you mean 'trainer.max_epochs'?"),
        (
            "data.label_column=a",
            "data.label_column: no such key; it belongs to data=table",
        ),
        (
            "data.label_rule=three",
            "data.label_rule: no such key; it belongs to data=netflix",
        ),
        ("optimizer.learning_rate=1", "optimizer.learning_rate: no such key; optimizer has lr, "),
        ("+seed=1", "+seed: exists already; leave out the '+' to change it"),
        ("monitor=${nope}", "monitor: Interpolation key 'nope' not found"),
        ("name=${name}", "name: Recursive interpolation detected"),
        ("seed=???", "seed: Missing mandatory value: seed"),
    ],
)
def test_one_line(override: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        bind_for(compose_config("train", [override]))
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("script", "argument", "suggested"),
    [
        ("train", "my.csv", "data=table data.source=my.csv"),
        ("train", "data=my.csv", "data=table data.source=my.csv"),
        ("train", "run", "resume=run"),
        ("predict", "run", "checkpoint=run"),
        ("predict", "my.csv", "input=my.csv"),
    ],
)
def test_a_path_alone_is_answered_with_the_argument_that_takes_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    argument: str,
    suggested: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.csv").touch()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.yaml").touch()
    with pytest.raises(InputError) as raised:
        compose_config(script, [argument])
    assert str(raised.value).endswith(suggested)


def test_an_unknown_key_beside_another_mistake_still_gets_its_suggestion() -> None:
    with pytest.raises(InputError, match=r"did you mean 'optimizer\.lr'"):
        compose_config("train", ["optimizer.lrr=1", "sed=2"])


@pytest.mark.parametrize(
    ("script", "override", "message"),
    [
        ("explain", "model=lstm", "model: no such key; the config has checkpoint, text, label, "),
        ("explain", "data=imdb", "data: no such key; the config has checkpoint, text, label, "),
        ("errors", "model=lstm", "model: no such key; the config has checkpoint, split, output, "),
        ("predict", "modell=lstm", "modell: no such key; the config has checkpoint, text, input, "),
        ("evaluate", "dta=imdb", "dta: no such key; did you mean 'data'?"),
    ],
)
def test_only_what_the_script_knows_is_offered(script: str, override: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        compose_config(script, [override])
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize("script", ["explain", "errors", "evaluate", "predict"])
def test_the_keys_that_are_offered_are_those_of_the_file(script: str) -> None:
    with pytest.raises(InputError) as raised:
        compose_config(script, ["colour=1"])
    offered = str(raised.value).partition("the config has ")[2].split(", ")
    config = yaml.safe_load((CONFIGS / f"{script}.yaml").read_text())
    groups = [entry for entry in config["defaults"] if isinstance(entry, dict)]
    keys = {key for part in (config, *groups) for key in part}
    not_ours = ("override", "hydra", "defaults")
    assert {*offered} == {key for key in keys if not key.startswith(not_ours)}


@pytest.mark.parametrize(
    ("overrides", "by"),
    [(["data/text=bpe"], ""), (["model=ngram"], ", which conf/model/ngram.yaml sets,")],
)
def test_images_have_no_text_encoder(overrides: list[str], by: str) -> None:
    with pytest.raises(InputError) as raised:
        compose_config("train", ["data=mnist", *overrides])
    expected = f"data/text: the text encoder{by} is not allowed with data that have images"
    assert str(raised.value) == expected
