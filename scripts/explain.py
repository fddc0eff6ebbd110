"""Show which words of a review decide a classifier's prediction.

python scripts/explain.py checkpoint=best.ckpt text="slow start, but worth it"
python scripts/explain.py checkpoint=best.ckpt text="slow start, but worth it" output=why.html
"""

from reviewlab.cli.explain import main

if __name__ == "__main__":
    main()
