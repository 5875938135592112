import os
import signal
import subprocess
import sys

import psycopg2
import redis

from tests.embedded.conftest import PROJECT, is_alive, wait_for

RUN = [sys.executable, "-m", "o2c.embedded.run"]
SHOW_SERVERS = "import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'])"
SHOW_AND_WAIT = f"{SHOW_SERVERS}; import sys, time; sys.stdout.flush(); time.sleep(60)"
GIVEN = {"DATABASE_URL": "postgres://given/one", "REDIS_URL": "redis://given/1"}
COUNT_VISITS = """
import os, psycopg2
connection = psycopg2.connect(os.environ["DATABASE_URL"])
connection.autocommit = True
cursor = connection.cursor()
cursor.execute("CREATE TABLE IF NOT EXISTS visit ()")
cursor.execute("INSERT INTO visit DEFAULT VALUES")
cursor.execute("SELECT count(*) FROM visit")
print(cursor.fetchone()[0])
"""


def run(*arguments, env):
    return subprocess.run(
        [*RUN, *arguments], env=env, cwd=PROJECT, capture_output=True, text=True, check=False
    )


def start(*arguments, env):
    return subprocess.Popen(
        [*RUN, *arguments], env=env, cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )


def server_pids(database_url, redis_url):
    """Ask both servers for their process."""
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_read_file('postmaster.pid')")
        postgres = int(cursor.fetchone()[0].split()[0])
    connection.close()
    with redis.Redis.from_url(redis_url) as queue:
        return [postgres, queue.info("server")["process_id"]]


def test_keeps_what_is_in_a_chosen_state_folder(state, outside):
    visit = ["--state", str(state), "--", sys.executable, "-c", COUNT_VISITS]

    first, second = run(*visit, env=outside), run(*visit, env=outside)

    assert (first.stdout, second.stdout) == ("1\n", "2\n")


def test_works_with_the_servers_that_another_program_runs_on_the_folder(state, outside):
    """A second server on the same data would end the first, and the demo with it."""
    chosen = ["--state", str(state), "--", sys.executable, "-c"]
    with start(*chosen, SHOW_AND_WAIT, env=outside) as first:
        addresses = first.stdout.readline()
        before = server_pids(*addresses.split())

        second = run(*chosen, SHOW_SERVERS, env=outside)

        assert (second.stdout, second.stderr) == (addresses, "")
        assert server_pids(*addresses.split()) == before
        first.terminate()


def test_returns_the_status_of_the_command(outside):
    done = run("--", sys.executable, "-c", "raise SystemExit(3)", env=outside | GIVEN)

    assert done.returncode == 3


def test_tells_in_one_line_that_there_is_no_such_command(outside):
    done = run("no-such-command", env=outside | GIVEN)

    assert (done.returncode, done.stderr) == (127, "There is no command no-such-command.\n")


def test_leaves_given_servers_alone(outside):
    done = run(sys.executable, "-c", SHOW_SERVERS, env=outside | GIVEN)

    assert done.stdout == "postgres://given/one redis://given/1\n"


def test_leaves_nothing_behind_when_told_to_stop(outside):
    launcher = start("--", sys.executable, "-c", SHOW_AND_WAIT, env=outside)
    pids = server_pids(*launcher.stdout.readline().split())

    launcher.send_signal(signal.SIGTERM)
    launcher.send_signal(signal.SIGTERM)

    assert launcher.wait(30) == 130
    assert [is_alive(pid) for pid in pids] == [False, False]
    launcher.stdout.close()


def test_leaves_no_server_behind_when_killed_and_starts_again(state, outside):
    launcher = start("--state", str(state), sys.executable, "-c", SHOW_AND_WAIT, env=outside)
    pids = server_pids(*launcher.stdout.readline().split())

    launcher.kill()
    launcher.wait()
    launcher.stdout.close()

    wait_for(lambda: not any(is_alive(pid) for pid in pids))
    again = run("--state", str(state), sys.executable, "-c", COUNT_VISITS, env=outside)
    assert again.stdout == "1\n"


def test_recovers_when_the_database_itself_was_killed(state, outside):
    launcher = start("--state", str(state), sys.executable, "-c", SHOW_AND_WAIT, env=outside)
    postgres, _ = server_pids(*launcher.stdout.readline().split())
    os.kill(postgres, signal.SIGKILL)
    launcher.terminate()
    launcher.wait(30)
    launcher.stdout.close()

    again = run("--state", str(state), sys.executable, "-c", COUNT_VISITS, env=outside)

    assert again.stdout == "1\n"


def test_tells_in_one_line_that_a_chosen_program_is_missing(outside, tmp_path):
    done = run("true", env=outside | {"O2C_POSTGRES_BIN": str(tmp_path)})

    expected = f"O2C_POSTGRES_BIN is wrong: {tmp_path}/postgres is no program.\n"
    assert (done.returncode, done.stderr) == (1, expected)


def test_keeps_its_secrets_to_itself(state, outside):
    run("--state", str(state), "true", env=outside | GIVEN)

    assert (state / "secrets.json").stat().st_mode & 0o777 == 0o600
