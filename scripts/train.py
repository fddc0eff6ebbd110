"""Train a text classifier on reviews; each run saves its results in one folder.

python scripts/train.py data=imdb model=lstm optimizer.lr=1e-3
python scripts/train.py --help
"""

from reviewlab.cli.train import main

if __name__ == "__main__":
    main()
