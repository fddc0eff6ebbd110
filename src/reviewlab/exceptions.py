"""What a person gets to read when something that came from outside cannot be used."""


class InputError(ValueError):
    """A value from outside is unusable: one line that names the key, its value and what is allowed.

    Raised at the border only (configs, files, checkpoints, the network). The scripts print it on
    stderr and leave with exit code 2; inside the package nobody catches it.
    """
