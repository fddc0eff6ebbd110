"""Write the docs pages that compare the study notes with results of sweeps.

`make notes` and `make lessons` run the sweeps first.

python scripts/notes.py results
python scripts/notes.py lessons --sweeps outputs/sweeps --docs docs
"""

from reviewlab.cli.notes import main

if __name__ == "__main__":
    main()
