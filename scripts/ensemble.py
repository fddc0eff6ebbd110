"""Choose the runs that predict best together, and save them as one checkpoint.

python scripts/ensemble.py outputs/sweeps/learning_rate
python scripts/ensemble.py outputs/sweeps/learning_rate outputs/runs/lstm size=10 metric=loss
"""

from reviewlab.cli.ensemble import main

if __name__ == "__main__":
    main()
