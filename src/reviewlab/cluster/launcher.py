"""Settings of the allocations of a sweep: the node `hydra.launcher`."""

from dataclasses import dataclass, field
from typing import Any, Literal

from reviewlab.exceptions import InputError
from reviewlab.ranges import NonNegativeInt, PositiveInt, Threads
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.settings import Launcher

SIGNAL = "USR1"
"""The signal that SLURM sends before it ends an allocation."""

OURS = ("array", "clusters", "dependency", "error", "output", "requeue", "signal")
"""Options of `sbatch` that the launcher sets: with other values jobs would be lost."""

Auto = Literal["auto"]

SbatchParameters = dict[str, Any]
"""Parameters of `sbatch`, under submitit's names."""


@dataclass(frozen=True)
class SlurmLauncher(Launcher):
    """Runs each job in a SLURM allocation of its own, or several small jobs in one.

    Attributes:
        partition: as in `sbatch`; None: the cluster's default.
        account: as in `sbatch`; None: the cluster's default.
        qos: as in `sbatch`; None: the cluster's default.
        constraint: as in `sbatch`; None: the cluster's default.
        time: time limit of an allocation in minutes; a job that needs longer resumes in the next.
        nodes: nodes of an allocation; auto: `trainer.num_nodes`.
        cpus: CPUs on each node; auto: `threads_per_job` for each process that runs there at a time.
        gpus: GPUs on each node; auto: one for each process, if `trainer.accelerator` names GPUs.
        memory: memory of each node in `sbatch` form, such as 8G; None: the cluster's default.
        jobs_per_allocation: jobs that share an allocation.
        slots: jobs of an allocation that run at a time.
        array_parallelism: allocations that run at a time.
        threads_per_job: threads that a process computes with.
        max_attempts: how often a job may start, interruptions included, before it counts as failed.
        signal_seconds: seconds before the time limit at which jobs save and the allocation is
            requeued.
        options: any other options of `sbatch`: {reservation: mine}.
        setup: shell lines to run before Python: `module load ...`.
        python: the interpreter on the nodes; None: the one that submits.
        wait: show the progress until all jobs have ended; false: submit and return.
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
        """Return how many of `jobs` jobs run at a time if the cluster has room."""
        allocations = min(-(-jobs // self.jobs_per_allocation), self.array_parallelism)
        return min(allocations * min(self.slots, self.jobs_per_allocation), jobs)

    def processes(self, job: Job) -> int:
        """Return the number of processes that run at a time on a node with jobs like `job`."""
        return min(self.slots, self.jobs_per_allocation) * job.devices

    def request(self, job: Job) -> SbatchParameters:
        """Return the parameters of allocations for jobs like `job`.

        Raises:
            InputError: the settings contradict each other, or ask for less than the job needs.
        """
        self._refuse_contradictions(job)
        nodes = job.nodes if self.nodes == "auto" else self.nodes
        if job.nodes % nodes:
            raise InputError(
                f"hydra.launcher.nodes: {nodes} cannot share trainer.num_nodes={job.nodes} "
                f"evenly; allowed: auto, or a divisor of {job.nodes}"
            )
        places = self.processes(job) * job.nodes // nodes
        cpus = self._at_least("cpus", self.cpus, places * self.threads_per_job, job)
        gpus = self._at_least("gpus", self.gpus, job.devices if job.gpu else 0, job)
        if self.gpus == "auto" and job.gpu:
            gpus = places
        cpus_per_task = cpus * nodes // job.nodes
        parameters: SbatchParameters = {
            "partition": self.partition,
            "account": self.account,
            "qos": self.qos,
            "constraint": self.constraint,
            "time": self.time,
            "nodes": nodes,
            "ntasks_per_node": job.nodes // nodes,
            "cpus_per_task": cpus_per_task,
            # one process for the whole allocation; since SLURM 22.05 srun needs its cores stated
            "srun_args": ["--nodes=1", "--ntasks=1", f"--cpus-per-task={cpus_per_task}"],
            "gpus_per_node": gpus or None,
            "mem": self.memory,
            "array_parallelism": self.array_parallelism,
        }
        more = {"signal": f"{SIGNAL}@{self.signal_seconds}", "requeue": True, **self.options}
        given = {key: value for key, value in parameters.items() if value is not None}
        return {**given, "stderr_to_stdout": True, "additional_parameters": more}

    def _refuse_contradictions(self, job: Job) -> None:
        taken = sorted({*OURS} & self.options.keys())
        if taken:
            raise InputError(
                f"hydra.launcher.options: {taken[0]!r} is set by the launcher; allowed: "
                f"options of sbatch except {', '.join(OURS)}"
            )
        if self.signal_seconds * 2 > self.time * 60:
            raise InputError(
                f"hydra.launcher.signal_seconds: {self.signal_seconds}, with an allocation of "
                f"{self.time * 60} s (hydra.launcher.time={self.time}); allowed: at most half of it"
            )
        if job.nodes > 1 and min(self.slots, self.jobs_per_allocation) > 1:
            raise InputError(
                f"hydra.launcher.slots: {self.slots}, but job {job.number} runs on several nodes "
                "and takes its whole allocation; allowed: 1"
            )

    @staticmethod
    def _at_least(key: str, value: int | str, needed: int, job: Job) -> int:
        if value == "auto":
            return needed
        if int(value) < needed:
            raise InputError(
                f"hydra.launcher.{key}: {value} on each node, but job {job.number} needs {needed} "
                f"there (trainer.devices={job.devices}); allowed: auto, or at least {needed}"
            )
        return int(value)
