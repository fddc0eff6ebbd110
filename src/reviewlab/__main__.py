"""Start `python -m reviewlab`, which is the command `reviewlab`."""

from reviewlab.cli.main import main

if __name__ == "__main__":
    main()
