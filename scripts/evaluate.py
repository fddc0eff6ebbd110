"""Measure a checkpoint on a split of its own data or of other data.

python scripts/evaluate.py checkpoint=best.ckpt
python scripts/evaluate.py checkpoint=best.ckpt data=imdb split=validation
"""

from reviewlab.cli.evaluate import main

if __name__ == "__main__":
    main()
