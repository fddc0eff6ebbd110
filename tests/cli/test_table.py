"""A user's own table is trained on, measured, scored and explained like any other data."""

import json
import shutil
from pathlib import Path

import pytest
from tests.made_reviews import write_table

from reviewlab.cli.errors import main as errors
from reviewlab.cli.evaluate import main as evaluate
from reviewlab.cli.explain import main as explain
from reviewlab.cli.predict import main as predict

SMALL = ["data=table", "model=mlp", "trainer.max_epochs=1", "data/text=words"]


@pytest.fixture
def source(tmp_path):
    return write_table(tmp_path / "reviews.csv", 120)


@pytest.fixture
def trained(train_here, tmp_path, source):
    """Train on the table and return the run folder."""

    def run(*arguments, name="first"):
        done = train_here(tmp_path, *SMALL, f"data.source={source}", f"name={name}", *arguments)
        assert done.code == 0, done.err
        return next((tmp_path / "outputs" / "runs").glob(f"*-{name}")), done

    return run


def result_of(folder):
    return json.loads((folder / "result.json").read_text())


def test_a_moved_file_is_the_same_run_and_says_what_was_chosen(trained, tmp_path, source):
    first, done = trained()
    assert "texts: text; labels: label (bad, good)" in done.err + done.out
    moved = shutil.move(source, tmp_path / "moved.csv")
    second, _ = trained(f"data.source={moved}", name="second")
    assert result_of(first)["run_id"] == result_of(second)["run_id"]
    assert result_of(first)["label_names"] == ["bad", "good"]
    assert {"val/auroc", "val/average_precision"} <= result_of(first)["best"].keys()


def test_a_checkpoint_is_measured_on_its_own_and_on_other_tables(trained, tmp_path, capsys):
    folder, _ = trained()
    checkpoint = f"checkpoint={folder}/checkpoints/best.ckpt"
    evaluate([checkpoint, "output=own.json"])
    own = json.loads(Path("own.json").read_text())
    assert own["reviews"] == 24
    assert {"test/auroc", "test/average_precision"} <= own["metrics"].keys()
    other = write_table(tmp_path / "other.csv", 30, labels=("good",))
    evaluate([checkpoint, f"data.test_source={other}", "output=other.json"])
    assert json.loads(Path("other.json").read_text())["reviews"] == 30
    capsys.readouterr()
    predict([checkpoint, f"input={other}", "output=scored.csv"])
    explain([checkpoint, "text=a good film"])
    errors([checkpoint])
    assert "good" in capsys.readouterr().out
    assert Path("scored.csv").read_text().startswith("text,label,prediction,probability_bad")


def test_another_label_than_those_of_the_checkpoint_is_refused(trained, tmp_path, refused):
    folder, _ = trained()
    other = write_table(tmp_path / "other.csv", 30, labels=("good", "meh"))
    err = refused(evaluate, [f"checkpoint={folder}/checkpoints/best.ckpt", f"data.source={other}"])
    assert "other.csv' line 3: 'label' is 'meh'; allowed: bad, good" in err


def test_squared_error_on_topics_is_told(trained, tmp_path):
    topics = write_table(tmp_path / "t.csv", 120, labels=("sport", "politics", "science"))
    _, done = trained(f"data.source={topics}", "loss=mse")
    told = "loss=mse treats the classes politics, science, sport as numbers in this order"
    assert told in done.err + done.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["data.source=null"], "data.source: missing; give a file such as reviews.csv"),
        (["data.source=???"], "data.source: missing; allowed: a file, a folder or the id"),
        (["data.label_column=[a,b]"], "data.label_column: ['a', 'b'] is a list"),
        (["data.text_column=txt"], "data.text_column: there is no column 'txt'; did you mean"),
        (["data.label_map=[[bad]]"], "data.label_map: ['bad'] is not a pair; give [[old,new],"),
        (["data.lable_map=null"], "data.lable_map: no such key; did you mean 'data.label_map'?"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(train_here, tmp_path, source, arguments, message):
    done = train_here(tmp_path, *SMALL, f"data.source={source}", *arguments)
    assert done.code == 2
    assert done.err.startswith(f"error: {message}")
    assert done.err.count("\n") == 1
    assert not (tmp_path / "outputs").exists()


def test_labels_are_mapped_on_the_command_line(trained, source):
    folder, _ = trained("data.label_map={bad: 1, good: 2}", name="mapping")
    assert result_of(folder)["label_names"] == ["1", "2"]
    pairs, _ = trained("data.label_map=[[bad,'sehr übel'],[good,gut]]", name="pairs")
    assert result_of(pairs)["label_names"] == ["gut", "sehr übel"]
