"""Train several jobs with a minimum of code, using Hydra's own sweeper and launchers.

python -m reviewlab.benchmarks.stock -m hydra/sweeper=basic hydra/launcher=basic seed=1,2
"""

import sys

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from reviewlab.cli.train import own_environment
from reviewlab.config.check import check_config
from reviewlab.config.compose import CONFIGS, VERSION_BASE, to_plain
from reviewlab.running.run import run
from reviewlab.running.run_summary import format_summary


@hydra.main(version_base=VERSION_BASE, config_path=str(CONFIGS), config_name="train")
def main(config: DictConfig) -> None:
    """Train one job like a single run of `scripts/train.py`."""
    with own_environment():
        outcome = run(check_config(to_plain(config)), [*HydraConfig.get().overrides.task])
    sys.stdout.write(f"{format_summary(outcome)}\n")


if __name__ == "__main__":
    main()
