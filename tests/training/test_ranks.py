"""Two processes stopped within an epoch and resumed have the result of uninterrupted ones."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.training.ranks import run_two_ranks

from reviewlab.callbacks import Checkpoints

RANK = """
import sys
from pathlib import Path
from tests.training.tiny import Setup
from torch.distributed import destroy_process_group

planned = []

def trained(name, resume=False, **budget):
    setup = Setup(Path(sys.argv[1]) / name)
    setup.data = {"validation": 0.0, "batch_size": 4}  # of 45, the last in a batch of five
    setup.scheduler = lambda optimizer, total_steps: planned.append(total_steps)
    setup.trainer = {"devices": 2, "strategy": "ddp", "max_epochs": 2, **budget}
    return setup.run(resume)

whole, weights = trained("whole")
assert planned == [whole.last["step"]] == [22], planned
trained("stopped", max_steps=15)
resumed, resumed_weights = trained("stopped", resume=True)
assert resumed.curves == whole.curves, (resumed.curves, whole.curves)
assert all(resumed_weights[name].equal(weights[name]) for name in weights)
destroy_process_group()  # its remains could keep a forked process from ending
"""

KEPT = """
import sys
from pathlib import Path
import numpy as np
from reviewlab.explaining.scoring import score_corpus
from reviewlab.models import load_classifier
from reviewlab.runs.validation import read_validation
from tests.training.tiny import Setup
from torch.distributed import destroy_process_group

setup = Setup(Path(sys.argv[1]))
setup.data = {"validation": 0.2, "eval_batch_size": 5, "batch_size": 4}  # 9 reviews: 3, 2 and 2, 2
setup.trainer = {"devices": 2, "strategy": "ddp", "max_epochs": 2}
setup.run()
kept, (_, data, _) = read_validation(setup.folder), setup.build()
best = load_classifier(setup.folder / "checkpoints" / "best.ckpt")
answers = score_corpus(best, data.corpus("validation")).probabilities
np.testing.assert_allclose(kept.probabilities, answers, atol=2**-11)
assert kept.reviews.labels.tolist() == data.corpus("validation").labels.tolist()
assert len(np.unique(kept.probabilities[:, 0])) > 4
destroy_process_group()
"""


def test_every_rank_goes_on_with_what_it_had_seen_and_would_have_drawn(tmp_path: Path) -> None:
    run_two_ranks(RANK, tmp_path)


def test_what_two_ranks_keep_is_in_the_order_of_the_reviews(tmp_path: Path) -> None:
    run_two_ranks(KEPT, tmp_path)


@pytest.mark.parametrize(
    ("rank", "world_size", "parts"), [(1, 4, [1]), (1, 3, [1]), (0, 3, [0, 3]), (4, 5, [])]
)
def test_each_part_is_taken_up_once_by_however_many_there_are(
    rank: int, world_size: int, parts: list[int]
) -> None:
    taken: list[int] = []
    unfinished = [{"outputs": [], "labels": [], "number": number} for number in range(4)]
    saved = [{"generators": {}, "unfinished_epoch": one} for one in unfinished]
    Checkpoints().on_load_checkpoint(
        SimpleNamespace(global_rank=rank, world_size=world_size, callbacks=[]),
        SimpleNamespace(
            resume_epoch=lambda epoch: taken.append(epoch["number"]),
            label_names=["bad", "good"],
            objective=SimpleNamespace(num_outputs=2),
        ),
        {"ranks": saved, "callbacks": {}},
    )
    assert taken == parts
