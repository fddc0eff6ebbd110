"""Settings of the allocations of a sweep: the node `hydra.launcher`."""

from dataclasses import dataclass, field
from typing import Any, Literal

from reviewlab.exceptions import InputError
from reviewlab.ranges import NonNegativeInt, PositiveInt, Threads
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.settings import Launcher

SIGNAL = "USR1"
"""The signal that SLURM sends before it takes an allocation away."""

OURS = ("array", "clusters", "dependency", "error", "output", "requeue", "signal")
"""Options of `sbatch` that are decided here: other ones would lose jobs."""

Auto = Literal["auto"]

SbatchParameters = dict[str, Any]
"""Parameters of `sbatch`, by submitit's names."""


@dataclass(frozen=True)
class SlurmLauncher(Launcher):
    """One SLURM allocation for one job, or for several small ones.

    partition, account, qos, constraint: as `sbatch` has them; None: the cluster's default.
    time: limit of an allocation in minutes. A job that needs longer goes on in the next.
    nodes: of an allocation; auto: `trainer.num_nodes`.
    cpus: of a node; auto: `threads_per_job` for every process that computes there at a time.
    gpus: of a node; auto: one for every process, where the trainer asks for GPUs by name.
    memory: of a node, as `sbatch` has it: 8G; None: the cluster's default.
    jobs_per_allocation: jobs that share an allocation.
    slots: how many of them run at a time.
    array_parallelism: allocations that run at a time.
    threads_per_job: threads that a process computes with.
    max_attempts: how often a job may begin, interruptions included, before it has failed.
    signal_seconds: before the time limit, when jobs save and the allocation is queued again.
    options: anything else for `sbatch`: {reservation: mine}.
    setup: lines of shell that run before Python: `module load ...`.
    python: the interpreter on the nodes; None: the one that submits.
    wait: stay and show how it goes; false: submit and return.
    """

    partition: str | None = None
    account: str | None = None
    qos: str | None = None
    constraint: str | None = None
    time: PositiveInt = 60
    nodes: PositiveInt | Auto = "auto"
    cpus: PositiveInt | Auto = "auto"
    gpus: NonNegativeInt | Auto = "auto"
    memory: str | None = None
    jobs_per_allocation: PositiveInt = 1
    slots: PositiveInt = 1
    array_parallelism: PositiveInt = 100
    threads_per_job: Threads = 1
    max_attempts: PositiveInt = 20
    signal_seconds: PositiveInt = 60
    options: dict[str, Any] = field(default_factory=dict)
    setup: list[str] = field(default_factory=list)
    python: str | None = None
    wait: bool = True

    def jobs_at_a_time(self, jobs: int) -> int:
        """Count how many of so many jobs run at a time, when the cluster has room."""
        allocations = min(-(-jobs // self.jobs_per_allocation), self.array_parallelism)
        return min(allocations * min(self.slots, self.jobs_per_allocation), jobs)

    def processes(self, job: Job) -> int:
        """Count the processes that compute at a time on a node that works on jobs like `job`."""
        return min(self.slots, self.jobs_per_allocation) * job.devices

    def request(self, job: Job) -> SbatchParameters:
        """Return the parameters of allocations for jobs like `job`.

        Raises:
            InputError: less was asked for than such a job needs.
        """
        self._refuse_what_cannot_be(job)
        nodes = job.nodes if self.nodes == "auto" else self.nodes
        if job.nodes % nodes:
            raise InputError(
                f"hydra.launcher.nodes: {nodes} cannot share {job.nodes} times trainer.devices "
                f"equally; allowed: a divisor of trainer.num_nodes={job.nodes}"
            )
        places = self.processes(job) * job.nodes // nodes
        cpus = self._at_least("cpus", self.cpus, places * self.threads_per_job, job)
        gpus = self._at_least("gpus", self.gpus, job.devices if job.gpu else 0, job)
        if self.gpus == "auto" and job.gpu:
            gpus = places
        a_task = cpus * nodes // job.nodes
        asked: SbatchParameters = {
            "partition": self.partition,
            "account": self.account,
            "qos": self.qos,
            "constraint": self.constraint,
            "time": self.time,
            "nodes": nodes,
            "ntasks_per_node": job.nodes // nodes,
            "cpus_per_task": a_task,
            # one process for the whole allocation; since SLURM 22.05 srun has to be told its cores
            "srun_args": ["--nodes=1", "--ntasks=1", f"--cpus-per-task={a_task}"],
            "gpus_per_node": gpus or None,
            "mem": self.memory,
            "array_parallelism": self.array_parallelism,
        }
        more = {"signal": f"{SIGNAL}@{self.signal_seconds}", "requeue": True, **self.options}
        parameters = {key: value for key, value in asked.items() if value is not None}
        return {**parameters, "stderr_to_stdout": True, "additional_parameters": more}

    def _refuse_what_cannot_be(self, job: Job) -> None:
        taken = sorted({*OURS} & self.options.keys())
        if taken:
            raise InputError(
                f"hydra.launcher.options: {taken[0]!r} is decided by the launcher; allowed: "
                f"options of sbatch but {', '.join(OURS)}"
            )
        if self.signal_seconds * 2 > self.time * 60:
            raise InputError(
                f"hydra.launcher.signal_seconds: {self.signal_seconds} of {self.time * 60} s that "
                "an allocation lasts; allowed: half of that at most"
            )
        if job.nodes > 1 and min(self.slots, self.jobs_per_allocation) > 1:
            raise InputError(
                f"hydra.launcher.slots: {self.slots}, but job {job.number} takes all nodes of its "
                "allocation; allowed: 1"
            )

    @staticmethod
    def _at_least(key: str, asked: int | str, needed: int, job: Job) -> int:
        if asked == "auto":
            return needed
        if int(asked) < needed:
            raise InputError(
                f"hydra.launcher.{key}: {asked} on each node, but job {job.number} computes with "
                f"{needed} there (trainer.devices={job.devices}); allowed: auto, or {needed} and "
                "more"
            )
        return int(asked)
