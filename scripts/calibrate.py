"""Check on real trainings how often the leaderboard tells identical configurations apart.

python scripts/train.py -m data=demo model=mlp sweep.seeds=80 sweep.folds=5 sweep.name=pool
python scripts/calibrate.py outputs/sweeps/pool --configurations 2 --seeds 3
"""

from reviewlab.cli.calibrate import main

if __name__ == "__main__":
    main()
