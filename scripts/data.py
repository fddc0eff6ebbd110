"""Describe a data set before training on it.

python scripts/data.py data.source=reviews.csv
python scripts/data.py data=imdb --html
"""

from reviewlab.cli.data import main

if __name__ == "__main__":
    main()
