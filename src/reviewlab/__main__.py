"""Run the command `reviewlab` as `python -m reviewlab`."""

from reviewlab.cli.main import main

if __name__ == "__main__":
    main()
