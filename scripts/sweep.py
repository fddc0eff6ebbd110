"""Manage a sweep on a SLURM cluster from any terminal.

python scripts/sweep.py status outputs/sweeps/learning_rate
python scripts/sweep.py wait outputs/sweeps/learning_rate
python scripts/sweep.py resume outputs/sweeps/learning_rate
"""

from reviewlab.cli.sweep import main

if __name__ == "__main__":
    main()
