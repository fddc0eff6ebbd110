"""A run and a sweep made from Python, shared by all tests that read them."""

import pytest

import reviewlab

QUICK = ["data.reviews=300", "trainer.max_epochs=2", "logger=none"]
SIZES = [*QUICK, "model.hidden_size=8,16", "seed=0,1", "sweep.baseline=none"]


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> reviewlab.Run:
    outputs = tmp_path_factory.mktemp("trained")
    return reviewlab.train([*QUICK, f"outputs={outputs}"], quiet=True)


@pytest.fixture(scope="session")
def swept(tmp_path_factory: pytest.TempPathFactory) -> reviewlab.Sweep:
    outputs = tmp_path_factory.mktemp("swept")
    return reviewlab.sweep([*SIZES, "sweep.name=sizes", f"outputs={outputs}"], quiet=True)
