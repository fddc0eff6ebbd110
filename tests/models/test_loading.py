"""A checkpoint loads by itself, and an incomplete file is refused in one line."""

import builtins
import os
import pickle
import re
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path

import pytest
import torch
from tests import handmade
from tests.recorded import FOLDER
from tests.refusals import checkpoint_refusal

import reviewlab.nn
from reviewlab.config.compose import CONFIGS
from reviewlab.exceptions import InputError
from reviewlab.models import NgramClassifier, load_classifier
from reviewlab.nn import BCE, CrossEntropy
from reviewlab.text.ngrams import NgramEncoder

IDS = torch.tensor([[1, 5, 9, 4], [1, 6, 0, 0]])
MASK = torch.tensor([[True, True, True, True], [True, True, False, False]])

refusal = partial(checkpoint_refusal, load_classifier)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return handmade.save(handmade.classifier(), tmp_path_factory.mktemp("whole") / "x.ckpt")


def test_a_fresh_process_gets_equal_logits(tmp_path):
    made = handmade.classifier(seed=3)
    path = handmade.save(made, tmp_path / "x.ckpt")
    code = (
        "import sys, torch; from reviewlab.models import load_classifier;"
        "made = load_classifier(sys.argv[1]);"
        f"outputs = made(torch.tensor({IDS.tolist()}), torch.tensor({MASK.tolist()}));"
        "assert not made.training and made.config == {'seed': 3}, made.config;"
        "torch.save([outputs, made.label_names, made.text_encoder.state()], sys.argv[2])"
    )
    out = tmp_path / "out"
    subprocess.run([sys.executable, "-c", code, str(path), str(out)], check=True, cwd="/")
    outputs, labels, state = torch.load(out, weights_only=True)
    torch.testing.assert_close(outputs, made(IDS, MASK).detach(), rtol=0, atol=0)
    assert labels == made.label_names
    assert state == made.text_encoder.state()


def test_a_checkpoint_tells_if_its_classes_have_an_order(tmp_path, whole):
    assert load_classifier(whole).ordinal
    topics = handmade.classifier()
    topics.describe(topics.text_encoder, topics.label_names, topics.config, ordinal=False)
    assert not load_classifier(handmade.save(topics, tmp_path / "topics.ckpt")).ordinal


def test_classes_of_a_checkpoint_from_before_there_were_others_have_an_order(tmp_path, whole):
    content = torch.load(whole, weights_only=True)
    del content["reviewlab"]["ordinal"]
    torch.save(content, tmp_path / "old.ckpt")
    assert load_classifier(tmp_path / "old.ckpt").ordinal


@pytest.mark.parametrize("file", sorted((CONFIGS / "loss").glob("*.yaml")), ids=lambda f: f.stem)
def test_an_objective_is_found_by_its_name(tmp_path, file):
    """This covers every objective with a yaml file."""
    target = re.search(r"^_target_: (.*)$", file.read_text(), re.MULTILINE)[1]
    kind = getattr(reviewlab.nn, target.rpartition(".")[2])
    labels = handmade.LABELS[:2] if kind is BCE else handmade.LABELS
    made = handmade.classifier(labels, objective=kind(len(labels)))
    again = load_classifier(handmade.save(made, tmp_path / "x.ckpt"))
    assert type(again.objective) is kind
    assert again.objective.arguments == made.objective.arguments
    assert torch.equal(again(IDS, MASK), made(IDS, MASK))


def test_a_checkpoint_keeps_its_decision(tmp_path, whole):
    content = torch.load(whole, weights_only=True)
    assert load_classifier(whole).objective.decision == "mode"
    content["reviewlab"]["objective_arguments"]["decision"] = "median"
    torch.save(content, tmp_path / "median.ckpt")
    assert load_classifier(tmp_path / "median.ckpt").objective.decision == "median"


@pytest.mark.parametrize("file", sorted(FOLDER.rglob("*.ckpt")), ids=lambda file: file.name)
def test_a_checkpoint_of_an_earlier_version_predicts_by_the_mode(file):
    assert "decision" not in torch.load(file, weights_only=True)["reviewlab"]["objective_arguments"]
    assert load_classifier(file).objective.decision == "mode"


def test_paths_that_are_no_checkpoint(tmp_path):
    assert refusal(tmp_path / "no.ckpt").endswith("does not exist")
    assert "name a .ckpt file" in refusal(tmp_path)
    (tmp_path / "empty.ckpt").touch()
    assert "is empty" in refusal(tmp_path / "empty.ckpt")
    (tmp_path / "text.ckpt").write_text("hello world")
    assert "not a checkpoint" in refusal(tmp_path / "text.ckpt")
    with zipfile.ZipFile(tmp_path / "zip.ckpt", "w") as archive:
        archive.writestr("a", "b")
    assert "not a checkpoint" in refusal(tmp_path / "zip.ckpt")


def test_no_path_at_all():
    assert "checkpoint: '' is not allowed; allowed: the .ckpt file of a run" in checkpoint_refusal(
        load_classifier, ""
    )


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_truncated(tmp_path, whole, share):
    content = whole.read_bytes()
    (tmp_path / "x.ckpt").write_bytes(content[: int(len(content) * share)])
    assert "truncated" in refusal(tmp_path / "x.ckpt")


def test_damaged_anywhere_is_one_line_or_harmless(tmp_path, whole):
    content = whole.read_bytes()
    path = tmp_path / "x.ckpt"
    for place in range(0, len(content) - 64, len(content) // 40):
        path.write_bytes(content[:place] + bytes(64) + content[place + 64 :])
        try:
            load_classifier(path)
        except InputError as error:
            assert "\n" not in str(error)


class Code:
    """Runs code when it is unpickled."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


@pytest.mark.parametrize("function", [os.mkdir, builtins.exec])
@pytest.mark.parametrize("form", ["zip", "legacy", "pickle"])
def test_code_is_refused_and_not_run(tmp_path, function, form):
    touched = tmp_path / "touched"
    argument = str(touched) if function is os.mkdir else f"import os; os.mkdir({str(touched)!r})"
    content = {"state_dict": {}, "reviewlab": Code(function, argument)}
    path = tmp_path / "x.ckpt"
    if form == "pickle":
        path.write_bytes(pickle.dumps(content))
    else:
        torch.save(content, path, _use_new_zipfile_serialization=form == "zip")
    assert "nothing in it was run" in refusal(path)
    assert not touched.exists()


def test_a_whole_module_is_refused(tmp_path):
    torch.save(torch.nn.Linear(2, 2), tmp_path / "x.ckpt")
    assert "torch.nn.modules.linear.Linear" in checkpoint_refusal(
        load_classifier, tmp_path / "x.ckpt"
    )


@pytest.mark.parametrize(
    "content", [{"state_dict": {}, "pytorch-lightning_version": "2.0"}, [1], torch.zeros(2), None]
)
def test_checkpoints_of_other_programs(tmp_path, content):
    torch.save(content, tmp_path / "x.ckpt")
    assert "was not written by reviewlab" in checkpoint_refusal(
        load_classifier, tmp_path / "x.ckpt"
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"version": 2}, "has version 2; this reviewlab reads version 1"),
        ({"version": None}, "has version None"),
        ({"version": torch.zeros(2)}, "has version tensor([0., 0.])"),
        ({"classifier": "OtherClassifier"}, "needs the classifier 'OtherClassifier'"),
        ({"classifier": "ReviewClassifier"}, "needs the classifier 'ReviewClassifier'"),
        ({"classifier": "Objective"}, "needs the classifier 'Objective'"),
        ({"classifier": "load_classifier"}, "needs the classifier"),
        ({"classifier": "torch"}, "needs the classifier"),
        ({"classifier": "GRUClassifier"}, "has weights that do not fit GRUClassifier"),
        ({"classifier": "TransformerClassifier"}, "arguments that TransformerClassifier does not"),
        ({"objective": "Other"}, "needs the objective 'Other'"),
        ({"objective": "Tensor"}, "needs the objective"),
        ({"objective_arguments": {"num_classes": 3, "foo": 1}}, "CrossEntropy does not accept"),
        ({"objective_arguments": {"num_classes": 2}}, "2 classes and 3 label names"),
        ({"label_names": ["bad", 3]}, "its label_names.1 is not"),
        ({"config": None}, "its config is not"),
        ({"text_encoder": {"name": "Other"}}, "has a text encoder that cannot be restored"),
        ({"text_encoder": {"name": "WordEncoder"}}, "has a text encoder that cannot be restored"),
    ],
)
def test_parts_that_do_not_fit(tmp_path, changes, says):
    path = handmade.save(handmade.classifier(), tmp_path / "x.ckpt", **changes)
    assert says in refusal(path)


@pytest.mark.parametrize("part", ["hyper_parameters", "text_encoder"])
def test_tensors_in_the_place_of_numbers(tmp_path, part):
    path = handmade.save(handmade.classifier(), tmp_path / "x.ckpt")
    content = torch.load(path, weights_only=True)
    arguments = {**content, **content["reviewlab"]}[part]
    arguments["dropout"] = torch.nn.Parameter(torch.zeros(()))
    torch.save(content, path)
    assert "is damaged: a value is of the type Parameter; allowed: texts" in refusal(path)


def test_weights_of_another_shape(tmp_path):
    made = handmade.classifier()
    made.head = torch.nn.Linear(5, 3)
    message = refusal(handmade.save(made, tmp_path / "x.ckpt"))
    assert "has weights that do not fit LSTMClassifier (size mismatch for head.weight" in message


def test_more_words_than_weights(tmp_path):
    made = handmade.classifier()
    made.text_encoder.fit([" ".join(f"word{i}" for i in range(99))])
    assert "has a text encoder with 103 ids" in checkpoint_refusal(
        load_classifier, handmade.save(made, tmp_path / "x.ckpt")
    )


def test_a_set_is_as_wide_as_its_weights(tmp_path: Path) -> None:
    """A set is a row of a matrix, which has to have as many columns as there are weights."""
    text = NgramEncoder(min_count=1)
    text.fit([handmade.WORDS])
    model = NgramClassifier(CrossEntropy(3), text.vocab_size)
    model.describe(text, handmade.LABELS, {})
    state = text.state()
    state["options"] = {**state["options"], "hash_size": 1}
    path = handmade.save(model, tmp_path / "best.ckpt", text_encoder=state)
    with pytest.raises(InputError, match=r"with 1 ids but weights for \d+"):
        load_classifier(path)
