import socket
import subprocess
import sys

import pytest

from tests.embedded.conftest import PROJECT

DEMO = [sys.executable, "-m", "o2c.embedded.demo"]


def demo(env):
    return subprocess.run(
        DEMO, env=env, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_says_in_one_line_that_the_port_is_taken_and_starts_nothing(state, outside, taken_port):
    done = demo(outside | {"O2C_STATE": str(state), "PORT": str(taken_port)})

    assert done.returncode == 1
    assert done.stderr == (
        f"\nPort {taken_port} is taken by another program: stop that one, "
        f"or choose a free port: PORT={taken_port + 1} bin/demo\n"
    )
    assert [path.name for path in state.iterdir()] == ["demo.lock"]


@pytest.mark.parametrize("port", ["http", "0", "65536"])
def test_refuses_a_port_that_is_none(state, outside, port):
    done = demo(outside | {"O2C_STATE": str(state), "PORT": port})

    assert done.stderr == f"\nPORT={port} is no port: give a number from 1 to 65535.\n"


def test_explains_a_failed_step_in_one_line_and_stops_the_servers(state, outside):
    broken = {
        "O2C_STATE": str(state),
        "DJANGO_SETTINGS_MODULE": "no_such_settings",
        "PORT": "18431",
    }

    done = demo(outside | broken)

    log = state / "log/migrate.log"
    assert done.returncode == 1
    assert done.stderr == (
        "\nmigrate failed (ModuleNotFoundError: No module named 'no_such_settings'). "
        f"Details: {log}\n"
    )
    assert not (state / "postgres/postmaster.pid").exists()
