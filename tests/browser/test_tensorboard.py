"""TensorBoard shows the numbers of the leaderboard and the curves of a trained sweep."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait
from tests.browser.tensorboard import boxes, length, patience, served, shown, table
from tests.browser.watch import console_errors, requests_made
from tests.cli.processes import read, script

pytestmark = pytest.mark.browser

VARIED = ("model.hidden_size", "optimizer.lr")
ASKED = [
    *("model.hidden_size=8,32", "optimizer.lr=1e-3,1e-2", "seed=0,1,2"),
    *("data=demo", "data.reviews=3000", "trainer.max_epochs=6"),
]
RUNS = 12


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve runs: two settings of two values each, with three seeds."""
    cwd = tmp_path_factory.mktemp("sweep")
    done = script("train", cwd, "-m", *ASKED, "sweep.name=demo")
    assert done.code == 0, done.err
    return cwd / "outputs" / "sweeps" / "demo"


@pytest.fixture(scope="module")
def address(sweep: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of TensorBoard for the sweep."""
    with served(sweep, tmp_path_factory.mktemp("log") / "tensorboard.log") as found:
        yield found


def all_rows(browser: Chrome) -> list[dict[str, str]]:
    rows = table(browser)
    return rows if len(rows) == RUNS and all(row["best/val/accuracy"] for row in rows) else []


def test_hparams_has_a_row_a_job_with_the_leaderboards_numbers(
    browser: Chrome, sweep: Path, address: str, picture: Callable[..., None]
) -> None:
    rows = shown(browser, f"{address}#hparams", all_rows)
    columns = [*rows[0]]
    assert {*columns[2:5]} == {
        *VARIED,
        "seed",
    }  # varied settings first, after a checkbox and the name
    assert "data.seed" not in columns
    assert columns[-5:][0] == "best/val/accuracy"
    with (sweep / "leaderboard.csv").open(newline="") as file:
        ranked = {tuple(float(line[k]) for k in VARIED): line for line in csv.DictReader(file)}
    for key, line in ranked.items():
        own = [row for row in rows if tuple(float(row[name]) for name in VARIED) == key]
        assert {float(row["seed"]) for row in own} == {0, 1, 2}
        values = [float(row["best/val/accuracy"]) for row in own]
        assert mean(values) == pytest.approx(float(line["mean"]), rel=1e-4)
    folders = {folder.name.rpartition("-")[2][:6]: folder for folder in sweep.glob("jobs/*")}
    for row in rows:
        size, lr = (float(row[name]) for name in VARIED)
        settings, _, digits = row["Trial ID"].partition(" (")
        assert settings == f"hidden_size={size:.0f} lr={lr:g} seed={float(row['seed']):.0f}"
        best = read(folders.pop(digits.rstrip(")")) / "result.json")["best"]
        for name in columns[-5:]:
            assert float(row[name]) == pytest.approx(best[name[len("best/") :]], rel=1e-4)
    assert not folders

    wanted = {*VARIED, "seed", "best/val/accuracy", "best/val/loss"}
    for name in {*columns[2:]} - wanted:
        box = boxes(browser)[name]
        browser.execute_script("arguments[0].scrollIntoView()", box)
        box.click()
    browser.execute_script("arguments[0].scrollIntoView({block: 'end'})", boxes(browser)[VARIED[0]])
    WebDriverWait(browser, 10).until(lambda _: {*table(browser)[0]} == {*columns[:2]} | wanted)
    picture(browser, "hparams", height=620)
    assert console_errors(browser) == []
    assert requests_made(browser) == []


def test_time_series_draws_a_line_a_job(browser: Chrome, address: str) -> None:
    def lines(browser: Chrome) -> bool:
        runs = browser.find_elements(By.CSS_SELECTOR, ".run-color-swatch")
        charts = browser.find_elements(By.CSS_SELECTOR, "line-chart canvas")
        if len(runs) != RUNS or not charts:
            return False
        drawn = charts[0].screenshot_as_png
        colours = [run.value_of_css_property("background-color") for run in runs]
        return min(length(drawn, colour) for colour in colours) > 30  # a point has ten

    shown(browser, f"{address}#timeseries", lines)
    tags = browser.find_element(By.CSS_SELECTOR, "input[placeholder^='Filter tags']")
    tags.send_keys("^val/accuracy$", Keys.ESCAPE)
    patient = patience(browser, 30)
    first = (By.CSS_SELECTOR, "card-view")
    patient.until(lambda _: browser.find_element(*first).text.startswith("val\n/accuracy\n"))
    patient.until(lines)
    assert console_errors(browser) == []
    assert requests_made(browser) == []


def test_the_page_of_the_same_sweep_stands_beside_it(
    browser: Chrome, sweep: Path, picture: Callable[..., None]
) -> None:
    done = script("report", sweep.parent, str(sweep), "--html")
    assert done.code == 0, done.err
    browser.get((sweep / "report.html").as_uri())
    drawn = (By.CSS_SELECTOR, "#curves .scatterlayer .trace")
    traces = RUNS + 2 * 4  # of each configuration a mean and a band
    WebDriverWait(browser, 30).until(lambda _: len(browser.find_elements(*drawn)) == traces)
    text = browser.find_element(By.TAG_NAME, "body").text
    assert "Confusion" in text
    assert " is best: " in text and "worse" in text
    picture(browser, "sweep", height=1250)
    assert console_errors(browser) == []
    assert requests_made(browser) == []
