"""`scripts/evaluate.py`: the metrics of training, on any split of any compatible data."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, mean_absolute_error
from tests import handmade

from reviewlab.cli.evaluate import main
from reviewlab.config.compose import compose_config
from reviewlab.data.demo import DemoDataModule
from reviewlab.data.grammar import write_reviews
from reviewlab.data.splits import stratified
from reviewlab.explaining.scoring import score
from reviewlab.text.words import WordEncoder

STARS = ("1", "2", "3", "4", "5")
OWN = ["data=demo", "data.reviews=300"]


@pytest.fixture(scope="module")
def made():
    node = compose_config("evaluate", OWN)["data"]
    return handmade.classifier(STARS, data=node)


@pytest.fixture(scope="module")
def checkpoint(made, tmp_path_factory):
    return handmade.save(made, tmp_path_factory.mktemp("folder = [ü]") / "x.ckpt")


@pytest.fixture
def evaluate(checkpoint, tmp_path, monkeypatch, capsys):
    """Run the command in a new folder; return its output and the file that it wrote."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, checkpoint=checkpoint):
        main([f"checkpoint={checkpoint}", "output=a, b=[c].json", *arguments])
        return capsys.readouterr().out, json.loads(Path("a, b=[c].json").read_text())

    return run


@pytest.fixture
def refusal(evaluate, refused, tmp_path):
    def run(*arguments, **options):
        err = refused(evaluate, *arguments, **options)
        assert not list(tmp_path.iterdir())
        return err

    return run


def held_out(reviews=300):
    texts, stars = write_reviews(reviews, 0)
    labels = np.array(stars) - 1
    _, test = stratified(labels, 0.2, 42)
    return [texts[i] for i in test], labels[test]


def test_metrics_are_those_of_scikit_learn(evaluate, made):
    out, report = evaluate()
    texts, labels = held_out()
    scores = score(made, texts)
    metrics = report["metrics"]
    wanted = {
        "accuracy": accuracy_score(labels, scores.predictions),
        "f1_macro": f1_score(labels, scores.predictions, average="macro", zero_division=0),
        "mae": mean_absolute_error(labels, scores.predictions),
        "loss": -np.log(scores.probabilities[np.arange(len(labels)), labels]).mean(),
    }
    for name, value in wanted.items():
        assert metrics[f"test/{name}"] == pytest.approx(value, abs=1e-6)
    assert report["reviews"] == len(labels) == 60
    guess = np.mean(labels == STARS.index(report["majority_label"]))
    assert report["majority_baseline"]["test/accuracy"] == pytest.approx(guess)
    assert report["test_uses"] is None
    (line,) = [line for line in out.splitlines() if line.startswith("accuracy")]
    assert line.split() == ["accuracy", f"{wanted['accuracy']:.4f}", f"{guess:.4f}"]
    assert max(map(len, out.splitlines()[2:])) <= 80


@pytest.mark.parametrize(
    ("arguments", "suffix", "begin"),
    [([], "svg", b"<?xml"), (["figures_format=pdf"], "pdf", b"%PDF"),
     (["figures_format=png"], "png", b"\x89PNG")],
)  # fmt: skip
def test_figures_for_print_are_drawn_when_asked_for(evaluate, arguments, suffix, begin):
    plain, report = evaluate()
    out, with_figures = evaluate("figures=my plots, [all]", *arguments)
    files = [f"my plots, [all]/{name}.{suffix}" for name in ("confusion_matrix", "reliability")]
    assert out.splitlines()[-2:] == [f"-> {file}" for file in files]
    assert all(Path(file).read_bytes().startswith(begin) for file in files)
    assert with_figures["metrics"] == report["metrics"]
    assert len(plain.splitlines()) + 2 == len(out.splitlines())


def test_a_checkpoint_in_this_folder_is_named_as_a_person_would(evaluate, checkpoint):
    shutil.copy(checkpoint, "here.ckpt")
    out, _ = evaluate(checkpoint="here.ckpt")
    assert out.startswith("LSTMClassifier of here.ckpt\n")


@pytest.mark.parametrize(
    ("arguments", "split", "reviews"),
    [
        (["split=train"], "train", 192),
        (["split=validation"], "val", 48),
        (["data.reviews=200"], "test", 40),
        (["data=demo", "data.reviews=100"], "test", 20),
    ],
)
def test_other_splits_and_settings(evaluate, arguments, split, reviews):
    out, report = evaluate(*arguments)
    assert report["reviews"] == reviews
    assert f"{split}/accuracy" in report["metrics"]
    assert f": {reviews} reviews in " in out


def test_a_use_of_the_test_set_is_counted(evaluate, made, tmp_path):
    fingerprint = DemoDataModule(WordEncoder(), reviews=300).fingerprint()
    best = handmade.save(made, tmp_path / "run" / "checkpoints" / "best.ckpt")
    last = handmade.save(made, best.with_name("last.ckpt"))
    result = tmp_path / "run" / "result.json"
    result.write_text(json.dumps({"data_fingerprint": fingerprint, "test_uses": 1, "seed": 3}))
    _, report = evaluate(checkpoint=best)
    assert report["test_uses"] == 2
    kept = json.loads(result.read_text())
    assert kept["test"] == report["metrics"]
    assert kept["test_uses"] == 2
    assert kept["seed"] == 3
    evaluate("split=validation", checkpoint=best)
    evaluate("data.reviews=200", checkpoint=best)
    assert json.loads(result.read_text()) == kept  # another split, and other data
    evaluate(checkpoint=last)
    assert json.loads(result.read_text()) == {**kept, "test_uses": 3}
    evaluate("data.split_seed=7", checkpoint=best)  # would test on training reviews
    assert json.loads(result.read_text()) == {**kept, "test_uses": 4}
    _, report = evaluate("data.eval_batch_size=7", checkpoint=best)
    assert report["metrics"] == pytest.approx(kept["test"], abs=1e-6)
    assert json.loads(result.read_text())["test"] == report["metrics"]


def test_another_decision_is_measured_and_not_kept_as_the_runs_own(evaluate, made, tmp_path):
    fingerprint = DemoDataModule(WordEncoder(), reviews=300).fingerprint()
    best = handmade.save(made, tmp_path / "run" / "checkpoints" / "best.ckpt")
    result = tmp_path / "run" / "result.json"
    result.write_text(json.dumps({"data_fingerprint": fingerprint}))
    out, report = evaluate("decision=mode", checkpoint=best)
    assert report["decision"] == "mode"
    assert "predicted by" not in out
    kept = json.loads(result.read_text())["test"]
    assert kept == report["metrics"]
    out, report = evaluate("decision=median", checkpoint=best)
    assert report["decision"] == "median"
    assert out.splitlines()[1].endswith(" s, predicted by the median")
    texts, labels = held_out()
    probabilities = score(made, texts).probabilities
    medians = (probabilities.cumsum(1) < 0.5).sum(1)
    assert report["metrics"]["test/mae"] == pytest.approx(np.abs(medians - labels).mean(), abs=1e-6)
    assert report["metrics"]["test/mae"] != kept["test/mae"]
    for name in ("test/loss", "test/calibration_error"):
        assert report["metrics"][name] == kept[name]
    assert json.loads(result.read_text())["test"] == kept
    assert json.loads(result.read_text())["test_uses"] == 2


def test_a_decision_that_the_classes_do_not_allow_is_refused(refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = compose_config("evaluate", OWN)["data"]
    two = handmade.save(handmade.classifier(STARS[:2], data=data), tmp_path / "two.ckpt")
    topics = handmade.classifier(data=data)
    topics.describe(topics.text_encoder, topics.label_names, topics.config, ordinal=False)
    topics = handmade.save(topics, tmp_path / "topics.ckpt")
    for checkpoint, says in ((two, "2 classes"), (topics, "classes without an order")):
        line = refused(main, [f"checkpoint={checkpoint}", "decision=mean"])
        assert line == (
            "error: decision: 'mean' needs three or more ordered classes, but the data have "
            f"{says}; allowed: mode\n"
        )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["data.split_seed=7"], "warning: data.split_seed=7 splits the reviews differently t"),
        (["data.test=.5", "split=validation"], "warning: data.test=0.5 splits "),
        (["data=demo", "data.reviews=300", "data.validation=.5"], "warning: data.validation=0.5 "),
        (["data.split_seed=7", "split=train"], None),
        (["data.reviews=200", "data.split_seed=7"], None),  # other reviews
        (["data.eval_batch_size=7", "data.seed=3"], None),
        ([], None),
    ],
)
def test_another_split_of_the_same_reviews_is_warned_of(checkpoint, capsys, arguments, said):
    main([f"checkpoint={checkpoint}", *arguments])
    err = capsys.readouterr().err
    assert err.count("\n") == (said is not None)
    assert err.startswith(said or "")


def test_no_warning_where_the_source_of_the_training_is_gone_or_names_other_code(
    made, capsys, tmp_path
):
    for other in ({"_target_": "os.system", "command": "touch x"}, {}):
        checkpoint = handmade.save(handmade.classifier(STARS, data=other), tmp_path / "x.ckpt")
        main([f"checkpoint={checkpoint}", "data=demo", "data.reviews=300"])
        assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["split=val"], "split: 'val' is not allowed; did you mean 'validation'? allowed: train"),
        (["split=tset"], "split: 'tset' is not allowed"),
        (["data.test=0"], "split: 'test' does not exist in these data; allowed: train, validation"),
        (["data.reveiws=200"], "data.reveiws: no such key; did you mean 'data.reviews'?"),
        (["data.reviews=x"], "data.reviews: 'x' is not allowed"),
        (["data.reviews=[1"], "data.reviews=[1: not readable"),
        (["+data.foo=1"], "give one new value"),
        (["~data.reviews"], "give one new value"),
        (["data.reviews=100,200"], "give one new value"),
        (["data.source=x, y=[z].csv"], "data.source: no such key"),
        (["data=imdd"], "did you mean 'imdb'?"),
        (["data=demo", "data.foo=1"], "data.foo: no such key"),
        (["chekpoint=x"], "did you mean 'checkpoint'?"),
        (["threads=0"], "threads: 0 is not allowed"),
        (["figures_format=svg"], "give figures=<folder> as well"),
        (["figures=plots", "figures_format=jpg"], "figures_format: 'jpg' is not allowed"),
        (["decision=max"], "decision: 'max' is not allowed; allowed: mode, median, mean"),
    ],
)
def test_refusals(refusal, arguments, says):
    assert says in refusal(*arguments)


def test_data_with_other_labels(refusal, tmp_path_factory):
    two = handmade.save(
        handmade.classifier(("neg", "pos")), tmp_path_factory.mktemp("two") / "x.ckpt"
    )
    line = refusal("data=demo", checkpoint=two)
    assert "has the labels 1, 2, 3, 4, 5; allowed: neg, pos, as in the checkpoint" in line
    other = handmade.classifier(STARS[::-1])
    line = refusal("data=demo", checkpoint=handmade.save(other, two.with_name("other.ckpt")))
    assert "has the labels 1, 2, 3, 4, 5; allowed: 5, 4, 3, 2, 1, as in the checkpoint" in line


def test_a_checkpoint_that_names_no_data(refusal, tmp_path_factory):
    bare = handmade.save(handmade.classifier(), tmp_path_factory.mktemp("bare") / "x.ckpt")
    assert "data" in refusal(checkpoint=bare)


def test_a_config_that_names_other_code_is_refused(refusal, tmp_path_factory):
    made = handmade.classifier(data={"_target_": "os.system", "command": "touch x"})
    evil = handmade.save(made, tmp_path_factory.mktemp("evil") / "x.ckpt")
    assert "'os.system' is not allowed" in refusal(checkpoint=evil)


@pytest.mark.parametrize("key", ["split_seed", "text"])
def test_a_config_that_would_call_a_program_of_ours_is_refused(
    refusal, made, tmp_path_factory, key
):
    """`predict` can write any file, so an untrusted checkpoint must not start it."""
    folder = tmp_path_factory.mktemp("evil")
    arguments = [f"checkpoint={folder / 'x.ckpt'}", "text=a"]
    node = {"_target_": "reviewlab.cli.predict.main", "argv": arguments}
    data = {**made.config["data"], key: node}
    evil = handmade.save(handmade.classifier(STARS, data=data), folder / "x.ckpt")
    said = refusal(checkpoint=evil)
    assert f"data.{key}._target_: {node['_target_']!r} is not allowed; allowed: a target " in said


def test_json_needs_its_folder(checkpoint, capsys):
    for output in ("no/x.json", "x.csv", "/x/.."):
        with pytest.raises(SystemExit, match="2"):
            main([f"checkpoint={checkpoint}", f"output={output}"])
        assert capsys.readouterr().err.startswith("error: output: ")
