"""Compare runs in a leaderboard that marks which differences are significant.

python scripts/report.py outputs/sweeps/learning_rate
python scripts/report.py outputs/runs --metric val/f1_macro --output comparison
python scripts/report.py outputs/sweeps/learning_rate --test-winner
python scripts/report.py outputs/sweeps/learning_rate --html
"""

from reviewlab.cli.report import main

if __name__ == "__main__":
    main()
