"""Jobs that need resources of a given size and do nothing."""

from reviewlab.sweeps.job import Job


def job(number: int = 0, devices: int = 1, nodes: int = 1, gpu: bool = False) -> Job:
    return Job(number, (), f"{number:012x}", f"{number:012x}", devices, 1, 1, nodes, gpu)
