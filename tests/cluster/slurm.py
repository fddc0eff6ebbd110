"""SLURM with one node on this machine, without systemd: `python -m tests.cluster.slurm up|down`.

It requires Debian and root, and installs missing packages. It writes only to one folder
(SLURM_TEST_ROOT), except for munge's key and socket, which have fixed places.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.debian import install, why_no_packages

ROOT = Path(os.environ.get("SLURM_TEST_ROOT", "~/.cache/reviewlab-slurm")).expanduser()
CONFIG = ROOT / "slurm.conf"
PROGRAMS = ("slurmctld", "slurmd", "munged")
MUNGE = [Path(path) for path in ("/run/munge", "/etc/munge", "/var/lib/munge", "/var/log/munge")]
MOST_IN_AN_ARRAY = 6

SETTINGS = """
ClusterName=reviewlab
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort=26827
SlurmdPort=26828
StateSaveLocation={root}/state
SlurmdSpoolDir={root}/spool
SlurmctldPidFile={root}/slurmctld.pid
SlurmdPidFile={root}/slurmd.pid
SlurmctldLogFile={root}/slurmctld.log
SlurmdLogFile={root}/slurmd.log
# A requeued job waits until its old credential has expired: two minutes by default.
AuthInfo=cred_expire=6
# No cgroups and no accounting: neither works without systemd and a database.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=1024
SchedulerParameters=bf_interval=2,sched_interval=2,requeue_delay=1
# A job of partition high preempts one of main, which gets a signal first.
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SlurmctldParameters=preempt_send_user_signal
JobRequeue=1
KillWait=5
MinJobAge=3600
ReturnToService=2
MaxArraySize={array}
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory={memory} State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=60 PriorityTier=1 GraceTime=20
PartitionName=high Nodes={host} MaxTime=60 PriorityTier=10 PreemptMode=OFF
"""


def why_not() -> str:
    """Return why SLURM cannot be started here; empty if it can."""
    if os.geteuid() != 0:
        return "it requires root"
    if not all(_program(name) for name in PROGRAMS) and (reason := why_no_packages()):
        return f"SLURM is not installed: {reason}"
    return ""


def up() -> None:
    """Install and start what is missing, and wait until the node accepts jobs."""
    if not all(_program(name) for name in PROGRAMS):
        install("test-cluster", "slurm-wlm", "munge")
    for folder in (ROOT / "state", ROOT / "spool"):
        folder.mkdir(parents=True, exist_ok=True)
    _start_munge()
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    settings = {
        "host": socket.gethostname().partition(".")[0],
        "root": ROOT,
        "cores": os.cpu_count(),
        "memory": pages // 2**20 - 1024,
        "array": MOST_IN_AN_ARRAY,
    }
    CONFIG.write_text(SETTINGS.format(**settings), encoding="utf-8")
    os.environ["SLURM_CONF"] = str(CONFIG)
    for name in ("slurmctld", "slurmd"):
        if not _alive(ROOT / f"{name}.pid"):
            subprocess.run([_program(name) or name], check=True)
    _wait_until(lambda: _said("sinfo", "-h", "-p", "main", "-o", "%t") == "idle", "an idle node")


def down() -> None:
    """Stop everything that `up` started, jobs first."""
    os.environ["SLURM_CONF"] = str(CONFIG)
    if _alive(ROOT / "slurmctld.pid"):
        _said("scancel", "--user=root")
        with suppress(TimeoutError):
            _wait_until(lambda: not _said("squeue", "-h"), "an empty queue")
    for file in (ROOT / "slurmd.pid", ROOT / "slurmctld.pid", Path("/run/munge/munged.pid")):
        if _alive(file):
            os.kill(int(file.read_text()), signal.SIGTERM)
            _wait_until(lambda file=file: not _alive(file), f"the end of {file.stem}")


def _start_munge() -> None:
    if _said("munge", "-n"):
        return
    key = MUNGE[1] / "munge.key"
    for folder in MUNGE:
        folder.mkdir(parents=True, exist_ok=True)
    if not key.exists():
        key.write_bytes(os.urandom(1024))
    for path in (*MUNGE, key):
        shutil.chown(path, "munge", "munge")
        path.chmod(0o755 if path == MUNGE[0] else 0o400 if path == key else 0o700)
    as_munge = ["setpriv", "--reuid=munge", "--regid=munge", "--clear-groups"]
    pid = f"--pid-file={MUNGE[0]}/munged.pid"
    subprocess.run([*as_munge, _program("munged") or "munged", pid], check=True)
    _wait_until(lambda: bool(_said("munge", "-n")), "munge")


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")


def _alive(pid_file: Path) -> bool:
    try:
        os.kill(int(pid_file.read_text()), 0)
    except (OSError, ValueError):
        return False
    return True


def _said(*command: str) -> str:
    """Return the output of a command; empty if it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _wait_until(holds, what: str, seconds: float = 30) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > limit:
            raise TimeoutError(f"waited {seconds:g} s for {what}; logs are in {ROOT}")
        time.sleep(0.2)


if __name__ == "__main__":
    if reason := why_not():
        sys.exit(f"test-cluster: not here: {reason}")
    {"up": up, "down": down}[sys.argv[1]]()
