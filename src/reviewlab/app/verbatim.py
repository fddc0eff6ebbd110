"""Arguments that are a text or a path: taken as they stand, before Hydra's grammar sees them.

Hydra refuses or reinterprets commas, quotes, brackets and `=` in values.
"""

from collections.abc import Collection, Sequence

from reviewlab.exceptions import InputError


def take_verbatim(argv: Sequence[str], names: Collection[str]) -> tuple[dict[str, str], list[str]]:
    """Part `argv` into the values of `names` and everything else.

    >>> take_verbatim(["text=a, 'b' = [c]", "data=imdb"], {"text"})
    ({'text': "a, 'b' = [c]"}, ['data=imdb'])
    """
    taken: dict[str, str] = {}
    rest: list[str] = []
    for argument in argv:
        name, equals, value = argument.partition("=")
        if not equals or name not in names:
            rest.append(argument)
        elif name in taken:
            raise InputError(f"{name}: given twice; one is allowed")
        else:
            taken[name] = value
    return taken, rest
