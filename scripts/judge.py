"""Compare runs of any project in a leaderboard that marks which differences are significant.

python scripts/judge.py runs.csv metric=accuracy group=model,lr seed=seed
python scripts/judge.py runs.parquet metric=loss group=model seed=seed fold=fold planned=5
python scripts/judge.py study.db html=true
"""

from reviewlab.cli.judge import main

if __name__ == "__main__":
    main()
