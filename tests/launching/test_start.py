"""A sweep that cannot work is refused in one line, and leaves no file."""

from pathlib import Path

import pytest

from reviewlab.config.request import compose_request
from reviewlab.config.sweep_request import SweepRequest
from reviewlab.exceptions import InputError
from reviewlab.launching.start import sweep
from reviewlab.sweeps.folder import SweepFolder, SweepRecord


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("reviewlab.sweeps.local.preload", lambda entry, threads: None)
    monkeypatch.setattr("reviewlab.cluster.scheduler.queued_ids", lambda owner: None)
    monkeypatch.setenv("REVIEWLAB_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["sweep.name=a/b"], "sweep.name: 'a/b' is not allowed"),
        (["sweep.name='a b'"], "sweep.name: 'a b' is not allowed"),
        (["sweep.name='a,b'"], "sweep.name: 'a,b' is not allowed"),
        ([f"sweep.name={'a' * 300}"], "sweep.name: 'aaa"),
        (["sweep.nam=a"], "sweep.nam: no such key; did you mean 'sweep.name'?"),
        (["sweep.timeout=0"], "sweep.timeout: 0 is not allowed"),
        (["hydra.launcher.slots=0"], "hydra.launcher.slots: 0 is not allowed"),
        (["hydra.launcher.slot=1"], "hydra.launcher.slot: no such key; did you mean"),
        (["hydra/launcher=basic"], "hydra/launcher: 'basic' does not keep track"),
        (["hydra/sweeper=basic"], "hydra/sweeper: 'basic' does not keep track"),
        (["test=true"], "test: must be false in a sweep"),
        (["trainer=ddp", "trainer.devices=2", "hydra.launcher.slots=1"], "trainer.devices: job 0"),
        (["sweep.race=true", "sweep.seeds=3"], "sweep.race: true is not allowed, since there is"),
        (["sweep.race=true", "model=lstm,mlp"], "sweep.race: true is not allowed, since each conf"),
        (
            ["sweep.race=true", "model=lstm,mlp", "seed=null,null"],
            "sweep.race: true is not allowed, since some configurations lack",
        ),
        (
            ["sweep.race=true", "sweep.seeds=2", "data.reviews=300,400"],
            "sweep.race: true is not allowed, since the jobs use 2 data sets",
        ),
        (
            ["sweep.race=true", "hydra/sweeper=optuna", "optimizer.lr=1e-3,1e-2"],
            "sweep.race: True only applies to a grid; allowed with hydra/sweeper=optuna: false",
        ),
        (["sweep.margin=0"], "sweep.margin: 0 is not allowed"),
        (["hydra/launcher=slurm", "seed=0,1"], "squeue: SLURM is not responding here"),
        (["model=lstm,mlp", "model.hidden_size=8,0"], "job 1 (model=lstm model.hidden_size=0): "),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(arguments: list[str], line: str) -> None:
    with pytest.raises(InputError) as raised:
        asked = compose_request("train", ["-m", "data.reviews=300", *arguments])
        assert isinstance(asked, SweepRequest)
        sweep(asked, "none:none")
    assert str(raised.value).startswith(line)
    assert "\n" not in str(raised.value)
    assert not Path("outputs").exists()


def test_a_folder_that_was_there_before_a_mistake_is_there_after_it() -> None:
    kept = Path("outputs/sweeps/archive/old/result.json")
    kept.parent.mkdir(parents=True)
    kept.write_text("{}")
    with pytest.raises(InputError):
        compose_request(
            "train", ["-m", "data.reviews=300", "sweep.name=archive", "sweep.timeout=0"]
        )
    asked = compose_request("train", ["-m", "sweep.name=archive", "model.hidden_size=8,0"])
    assert isinstance(asked, SweepRequest)
    with pytest.raises(InputError, match="hidden_size"):
        sweep(asked, "none:none")
    assert kept.is_file()


def test_a_file_of_the_sweeps_name_is_refused_each_time() -> None:
    file = Path("outputs/sweeps/s")
    file.parent.mkdir(parents=True)
    file.touch()
    asked = compose_request("train", ["-m", "data.reviews=300", "sweep.name=s", "seed=0,1"])
    assert isinstance(asked, SweepRequest)
    for _ in range(2):
        with pytest.raises(InputError, match=r"^sweep.name: '.*/s' is a file; allowed: the name"):
            sweep(asked, "none:none")
    assert [*file.parent.iterdir()] == [file]


@pytest.mark.parametrize(
    ("record", "race", "line"),
    [
        ({"race": None}, True, "began as a grid, but this is a race"),
        ({}, True, "began as a grid, but this is a race"),
        ({"race": {"rounds": ["0"], "configurations": 2}}, False, "began as a race, but this is a"),
    ],
)
def test_a_grid_and_a_race_do_not_continue_each_other(
    record: SweepRecord, race: bool, line: str
) -> None:
    folder = SweepFolder(Path("outputs/sweeps/one"))
    folder.path.mkdir(parents=True)
    folder.write(record)
    several = ["model=lstm,mlp", "sweep.seeds=2", f"sweep.race={race}", "sweep.name=one"]
    asked = compose_request("train", ["-m", "data.reviews=300", *several])
    assert isinstance(asked, SweepRequest)
    with pytest.raises(InputError, match=line):
        sweep(asked, "none:none")
