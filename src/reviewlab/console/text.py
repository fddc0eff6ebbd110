"""Text for a person: numbers of things."""


def count_of(number: int, noun: str) -> str:
    """Write a number of things, with the noun in its plural where there is not exactly one.

    >>> count_of(1, "job"), count_of(2000, "job")
    ('1 job', '2,000 jobs')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
