"""Settings of a sweep's SLURM allocations: the config node `hydra.launcher`."""

from dataclasses import dataclass, field
from typing import Any, Literal

from reviewlab.exceptions import InputError
from reviewlab.ranges import NonNegativeInt, PositiveInt, Threads
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.settings import Launcher

SIGNAL = "USR1"
"""The signal that SLURM sends before it ends an allocation."""

OURS = ("array", "clusters", "dependency", "error", "output", "requeue", "signal")
"""Options of `sbatch` that only the launcher may set: any other values would lose jobs."""

Auto = Literal["auto"]

SbatchParameters = dict[str, Any]
"""Parameters of `sbatch`, under submitit's names."""


@dataclass(frozen=True)
class SlurmLauncher(Launcher):
    """Runs each job in its own SLURM allocation, or several small jobs in one.

    Attributes:
        partition: SLURM partition, as in `sbatch`; None: the cluster's default.
        account: account to charge, as in `sbatch`; None: the cluster's default.
        qos: quality of service, as in `sbatch`; None: the cluster's default.
        constraint: features that nodes must have, as in `sbatch`; None: the cluster's default.
        time: time limit of an allocation in minutes; a job that needs longer is requeued and
            resumed.
        nodes: number of nodes in an allocation; auto: `trainer.num_nodes`.
        cpus: CPUs on each node; auto: `threads_per_job` for each process that runs there at the
            same time.
        gpus: GPUs on each node; auto: one for each process, if `trainer.accelerator` selects GPUs.
        memory: memory of each node in `sbatch` form, such as 8G; None: the cluster's default.
        jobs_per_allocation: number of jobs that share an allocation.
        slots: number of jobs that run at a time in one allocation.
        array_parallelism: number of allocations that run at a time.
        threads_per_job: number of CPU threads for each process.
        max_attempts: how often a job may start, restarts after interruptions included, before it
            counts as failed.
        signal_seconds: number of seconds before the time limit at which jobs save and the
            allocation is requeued.
        options: other options of `sbatch`, such as {reservation: mine}.
        setup: shell lines to run before Python, such as `module load ...`.
        python: the Python interpreter on the nodes; None: the interpreter that submits the jobs.
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
        """Return the `sbatch` parameters of allocations for jobs like `job`.

        Raises:
            InputError: the settings contradict each other, or ask for less than the job needs.
        """
        self._refuse_contradictions(job)
        nodes = job.nodes if self.nodes == "auto" else self.nodes
        if job.nodes % nodes:
            raise InputError(
                f"hydra.launcher.nodes: {nodes} does not divide trainer.num_nodes={job.nodes}; "
                f"allowed: auto, or a divisor of {job.nodes}"
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
                f"hydra.launcher.signal_seconds: {self.signal_seconds} is too long for allocations "
                f"of {self.time * 60} s (hydra.launcher.time={self.time}); "
                f"allowed: at most {self.time * 30}"
            )
        if job.nodes > 1 and min(self.slots, self.jobs_per_allocation) > 1:
            raise InputError(
                f"hydra.launcher.slots: {self.slots}, but job {job.number} runs on several nodes "
                "and needs a whole allocation; allowed: 1"
            )

    @staticmethod
    def _at_least(key: str, value: int | str, needed: int, job: Job) -> int:
        if value == "auto":
            return needed
        if int(value) < needed:
            raise InputError(
                f"hydra.launcher.{key}: {value} per node, but job {job.number} needs {needed} "
                f"(trainer.devices={job.devices}); allowed: auto, or at least {needed}"
            )
        return int(value)
