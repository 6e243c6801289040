"""What wakes a worker: the queue, or looking at the rows? 100 waiting workers, at the cost of each way.

    python -m benchmarks.wakeups                                  # SQLite
    scripts/services.sh python -m benchmarks.wakeups              # PostgreSQL, and the queue on Redis

Ten processes of ten threads wait, as ten workers with HINGE_WORKER_JOBS=10 do. For each way the table states the CPU of
workers and servers while nothing is to be done, then the time from the commit of a job to its claim, and how many jobs
nobody claimed within five seconds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
from huey.consumer import Consumer
from sqlalchemy.exc import OperationalError

from api.core.clock import utc_now
from api.db import AnalysisState
from api.db.engine import Sessions, open_database, open_sessions
from api.jobs import leases
from api.jobs.wakeup_queue import open_queue
from api.settings import load_settings
from api.worker.worker import POLL_S
from tests.api.jobs_fixture import World, create_world, environment

PROCESSES, THREADS = 10, 10
LEASE_S = 600.0
LATE_S = 5.0
SERVERS = ("postgres", "redis-server")
CHANNEL = "hinge_wakeups"


def main() -> None:
    """Measure every way there is here, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle", type=float, default=20.0, help="Seconds without a job")
    parser.add_argument("--jobs", type=int, default=40)
    parser.add_argument("--wait", metavar="WAY", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.wait:
        wait_for_jobs(asked.wait)
        return
    served = bool(os.environ.get("TEST_DATABASE_URL"))
    print(f"{'way':<12} {'workers':>10} {'servers':>10} {'median':>8} {'p95':>8} {'most':>8} {'late':>5} {'errors':>7}")
    for way in ("queue", "poll-0.5", "poll-1.0", *(("listen",) if served else ())):
        with tempfile.TemporaryDirectory() as folder, create_world(Path(folder) / "data", utc_now) as world:
            print(_row(way, world, asked.idle, asked.jobs), flush=True)


def _row(way: str, world: World, idle_s: float, jobs: int) -> str:
    command = (sys.executable, "-m", "benchmarks.wakeups", "--wait", way)
    log = world.settings.data / "errors"
    with log.open("ab") as errors:
        started = [
            subprocess.Popen(command, env=environment(world.settings), stdout=subprocess.PIPE, stderr=errors)
            for _ in range(PROCESSES)
        ]
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n", log.read_text()
        time.sleep(1.0)
        before = _cpu_s(started), _servers_cpu_s()
        time.sleep(idle_s)
        spent = _cpu_s(started) - before[0], _servers_cpu_s() - before[1]
        delays, late = _delays(world, way, jobs)
    finally:
        for process in started:
            process.kill()
            process.communicate()
    shares = [f"{100 * each / idle_s:.1f} %" for each in spent]
    median, p95, most = (f"{1000 * each:.0f} ms" for each in (*np.percentile(delays, [50, 95]), max(delays)))
    count = log.read_text().count("error")
    return f"{way:<12} {shares[0]:>10} {shares[1]:>10} {median:>8} {p95:>8} {most:>8} {late:>5} {count:>7}"


def _delays(world: World, way: str, jobs: int) -> tuple[list[float], int]:
    """Return the seconds from commit to claim, and how many jobs were not claimed in time."""
    asked_at: dict[str, float] = {}
    for _ in range(jobs):
        analysis_id = world.ask("done", ring=False)
        asked_at[analysis_id] = time.time()
        if way == "queue":
            world.wakeups.notify(analysis_id)
        elif way == "listen":
            with world.engine.begin() as connection:
                connection.exec_driver_sql(f"NOTIFY {CHANNEL}, '{analysis_id}'")
        time.sleep(0.2)
    time.sleep(LATE_S)
    rows = [world.row(analysis_id) for analysis_id in asked_at]
    claimed = {row.id: row.heartbeat_at for row in rows if row.state is not AnalysisState.QUEUED}
    delays = [moment.timestamp() - asked_at[key] for key, moment in claimed.items() if moment is not None]
    return delays or [float("nan")], jobs - len(delays)


def _cpu_s(processes: list[subprocess.Popen[bytes]]) -> float:
    return sum(sum(psutil.Process(each.pid).cpu_times()[:2]) for each in processes)


def _servers_cpu_s() -> float:
    """Return the CPU seconds of the database's and the queue's servers."""
    total = 0.0
    for process in psutil.process_iter(["name"]):
        if process.info["name"] in SERVERS:
            try:
                total += sum(process.cpu_times()[:2])
            except psutil.NoSuchProcess:
                continue
    return total


def wait_for_jobs(way: str) -> None:
    """Wait in `THREADS` threads, claiming what there is to do, until killed."""
    settings = load_settings()
    sessions = open_sessions(open_database(settings.database))
    claims = _claimer(sessions)
    if way == "queue":
        queue = open_queue(settings.queue, settings.key)
        queue.listen(claims)
        Consumer(queue.huey, workers=THREADS, periodic=False, initial_delay=0.05, max_delay=POLL_S).start()
    else:
        for number in range(THREADS):
            target = _listen if way == "listen" else _poll
            threading.Thread(target=target, args=(way, number, sessions, claims, settings.database)).start()
    print("ready", flush=True)
    threading.Event().wait()


def _claimer(sessions: Sessions) -> Callable[[str], None]:
    def claim(analysis_id: str) -> None:
        leases.claim(sessions, analysis_id, now=utc_now(), lease_s=LEASE_S)

    return claim


def _poll(way: str, number: int, sessions: Sessions, claim: Callable[[str], None], database: str) -> None:  # noqa: ARG001
    every_s = float(way.split("-")[1])
    time.sleep(every_s * (os.getpid() % 10 + number / THREADS) / 10)  # not all at the same instant
    while True:
        try:
            for analysis_id in leases.due(sessions, now=utc_now(), most=1):
                claim(analysis_id)
        except OperationalError as error:
            print("error", type(error).__name__, file=sys.stderr, flush=True)
        time.sleep(every_s)


def _listen(way: str, number: int, sessions: Sessions, claim: Callable[[str], None], database: str) -> None:  # noqa: ARG001
    import psycopg

    with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        while True:
            for notice in connection.notifies(timeout=15.0):
                claim(notice.payload)
            for analysis_id in leases.due(sessions, now=utc_now(), most=1):
                claim(analysis_id)


if __name__ == "__main__":
    main()
