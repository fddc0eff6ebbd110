"""Compare speed and memory with plain loops; a run that measures all rows updates the docs.

python scripts/benchmark.py
python scripts/benchmark.py rows=step,epoch
"""

from reviewlab.benchmarks.main import main

if __name__ == "__main__":
    main()
