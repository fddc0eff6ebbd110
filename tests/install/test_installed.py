"""The package works without the checkout, as users install it: `make test-install`."""

import shutil
import signal
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.install.conftest import ROOT, Built, Environment, make_environment
from tests.until import until

from reviewlab.runs.files import read_json
from reviewlab.sweeps.outcome import known_status

pytestmark = pytest.mark.install

CONFIGS = {str(path.relative_to(ROOT)) for path in (ROOT / "conf").rglob("*.yaml")}
CODE = {str(path.relative_to(ROOT / "src")) for path in (ROOT / "src").rglob("*.py")}
LONG = "-m data.reviews=300 model=mlp seed=0,1,2 trainer.max_epochs=150 sweep.name=long"


def names(wheel: Path) -> set[str]:
    """Return the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {*archive.namelist()}


def test_a_wheel_and_an_sdist_hold_every_module_and_config_as_a_file(built: Built) -> None:
    assert {f"reviewlab/{name}" for name in CONFIGS} | CODE <= names(built.wheel)
    with tarfile.open(built.sdist) as archive:
        files = {m.name.partition("/")[2] for m in archive.getmembers() if m.isfile()}
    assert {f"src/reviewlab/{name}" for name in CONFIGS} <= files
    assert names(built.from_sdist) == names(built.wheel)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no compiler")
def test_a_compiler_puts_the_kernel_into_the_wheel(built: Built, environment: Environment) -> None:
    assert [name for name in names(built.wheel) if "kernels/_recurrence" in name]
    found = "from reviewlab.nn import kernels; print(kernels.is_available())"
    assert environment.run(f"python -c '{found}'").stdout == "True\n"


def test_a_wheel_is_built_without_a_compiler(built: Built) -> None:
    rest = {name for name in names(built.wheel) if "kernels/_recurrence" not in name}
    assert {name for name in names(built.without_compiler) if "dist-info" not in name} == {
        name for name in rest if "dist-info" not in name
    }


def test_building_leaves_the_link_what_it_is(built: Built) -> None:
    assert (built.checkout / "src" / "reviewlab" / "conf").readlink() == Path("../../conf")


def test_what_runs_is_the_wheel_s(environment: Environment) -> None:
    where = environment.run("python -c 'import reviewlab as r; print(r.__file__)'").stdout
    assert where.startswith(str(environment.path))
    assert environment.run("reviewlab --version").stdout.startswith("reviewlab ")


def test_an_editable_install_finds_the_configs(editable: Environment, built: Built) -> None:
    where = editable.run("python -c 'import reviewlab as r; print(r.__file__)'").stdout
    assert where.startswith(str(built.checkout))
    shown = editable.run("reviewlab train --cfg job optimizer=sgd")
    assert "torch.optim.SGD" in shown.stdout, shown.stderr


def test_a_wrong_word_is_one_line(environment: Environment) -> None:
    done = environment.run("reviewlab trian")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: reviewlab: no command 'trian'; did you mean 'train'?")


def test_the_demo_trains_compares_and_its_last_lines_run(environment: Environment) -> None:
    shown = environment.run("reviewlab demo --help").stdout
    assert "    reviewlab train experiment=demo\n" in shown
    done = environment.run("reviewlab demo")
    assert done.returncode == 0, done.stderr
    whole = done.stdout.replace("\\\n", "")  # as a shell reads commands of several lines
    lines = [f" {line}" for line in whole.splitlines()]
    last = [line for line in lines if " checkpoint=" in line or line.endswith(" --html")]
    commands = [line[line.index(" reviewlab ") :].strip() for line in last]
    assert [command.split()[1] for command in commands] == [
        "predict",
        "evaluate",
        "report",
        "predict",
    ]
    for command in commands:
        again = environment.run(command)
        assert again.returncode == 0, again.stderr


def test_a_package_with_a_model_is_installed_beside_it_and_found(
    built: Built, tmp_path: Path
) -> None:
    example = shutil.copytree(ROOT / "tests" / "example", tmp_path / "example")
    environment = make_environment(tmp_path, str(built.wheel), str(example))
    words = f"--config-dir {example / 'conf'} model=example data=demo data.reviews=200"
    done = environment.run(f"reviewlab train {words} trainer.max_epochs=1 name=mine")
    assert done.returncode == 0, done.stderr
    predicted = environment.run("reviewlab predict checkpoint=$(echo outputs/runs/*-mine) text=a")
    assert predicted.returncode == 0, predicted.stderr


@pytest.fixture
def killed(environment: Environment) -> Iterator[Path]:
    """The folder of a sweep that was killed after the first save of one of its jobs."""
    process = subprocess.Popen(
        [environment.program("reviewlab"), "train", *LONG.split()],
        cwd=environment.home,
        env=environment.variables(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    folder = environment.home / "outputs" / "sweeps" / "long"
    until(lambda: [*folder.glob("jobs/*/checkpoints/last.ckpt")], "a first epoch")
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    yield folder


def test_a_sweep_that_was_killed_goes_on_by_the_same_command(
    environment: Environment, killed: Path
) -> None:
    jobs = sorted((killed / "jobs").iterdir())
    # jobs save and end when their sweep has died
    until(lambda: all(known_status(job).state != "running" for job in jobs), "the jobs to leave")
    assert len([job for job in jobs if known_status(job).is_done]) < 3
    done = environment.run(f"reviewlab train {LONG}")
    assert done.returncode == 0, done.stderr
    jobs = sorted((killed / "jobs").iterdir())
    assert [known_status(job).state for job in jobs] == ["done"] * 3
    assert max(known_status(job).attempts for job in jobs) == 2
    assert all(len(read_json(job / "result.json")["curves"]) == 150 for job in jobs)
    report = environment.run(f"reviewlab report {killed} --html")
    assert report.returncode == 0, report.stderr
    assert "reviewlab train rerun=" in (killed / "report.html").read_text(encoding="utf-8")
    shown = environment.run("reviewlab sweep status outputs/sweeps/long")
    assert (shown.returncode, shown.stdout) == (0, "outputs/sweeps/long: 3 jobs: 3 done\n")
    refused = environment.run("reviewlab sweep cancel outputs/sweeps/long")
    assert refused.returncode == 2
    assert "has not been submitted to a cluster" in refused.stderr
