"""Measure speed and memory against plain loops; a run with all rows also updates the docs.

python scripts/benchmark.py
python scripts/benchmark.py rows=step,epoch
"""

from reviewlab.benchmarks.main import main

if __name__ == "__main__":
    main()
