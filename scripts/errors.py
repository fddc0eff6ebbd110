"""List a checkpoint's mistakes: the worst ones, likely label errors and accuracy by group.

python scripts/errors.py checkpoint=best.ckpt
python scripts/errors.py checkpoint=best.ckpt output=errors
"""

from reviewlab.cli.errors import main

if __name__ == "__main__":
    main()
