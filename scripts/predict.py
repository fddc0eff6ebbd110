"""Classify reviews with a checkpoint.

python scripts/predict.py checkpoint=best.ckpt text="slow start, but worth it"
python scripts/predict.py checkpoint=best.ckpt input=reviews.csv output=scored.csv
"""

from reviewlab.cli.predict import main

if __name__ == "__main__":
    main()
