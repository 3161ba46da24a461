"""Tests of Redis and RabbitMQ from the app nodes, through the VIP: the rights of their logins, their limits, and which machine serves."""

import shlex
import subprocess

import pytest
import yaml

from conftest import ROOT

SECRETS = yaml.safe_load((ROOT / "group_vars/all/secrets.yml").read_text())
UNITS = {"cache": "redis-server", "broker": "rabbitmq-server"}


def python(system, machine, program):
    """Runs a Python program on a machine. Returns its output."""
    return system.shell(machine, f"python3 -c {shlex.quote(program)}")


def talk(system, port, *sent):
    """Sends each text from an app node to the VIP, one after the other on one connection. Returns the answers."""
    return python(system, "app1", f"""
import socket
connection = socket.create_connection(({system.fact('vip_address')!r}, {port}), 5)
connection.settimeout(5)
for text in {sent!r}:
    connection.sendall(text.encode())
    print(connection.recv(65536).decode())
""")


def redis(system, *commands, login="core"):
    """Sends commands to Redis with the login of a service, or without a login. Their arguments can't have spaces. Returns the answers."""
    words = [f"AUTH {system.fact(f'cache_{login}_login')} {SECRETS[f'secret_cache_{login}_password']}"] if login else []
    return talk(system, system.fact("cache_port"), *(f"{command}\r\n" for command in [*words, *commands]))


def connect(system, login=None, passcode=None):
    """Returns the first frame of STOMP, with the service's login or another one."""
    return (f"CONNECT\naccept-version:1.2\nhost:{system.fact('broker_vhost')}\n"
            f"login:{login or system.fact('broker_login')}\npasscode:{passcode or SECRETS['secret_broker_password']}\n\n")


def stomp(system, *frames, **login):
    """Sends CONNECT and more frames to RabbitMQ. Returns the answers."""
    return talk(system, system.fact("broker_stomp_port"), *(f"{frame}\0" for frame in (connect(system, **login), *frames)))


def instance(system):
    """Returns the id of the Redis that serves. Each start of a Redis has another id."""
    return next((line for line in redis(system, "INFO server").splitlines() if line.startswith("run_id:")), None)


def serving(system, group):
    """Returns whether the Redis or RabbitMQ behind the VIP accepts core's login and answers."""
    try:
        return "+OK" in redis(system) if group == "cache" else "CONNECTED" in stomp(system)
    except AssertionError:  # the connection was refused or broken
        return False


def unit(system, group, verb, number=0):
    return system.shell(system.groups[group][number], f"systemctl {verb} {UNITS[group]}")


@pytest.mark.parametrize("command", ["GET x", "SET x 1", "INFO", "KEYS *", "CONFIG GET *", "ACL LIST"])
def test_redis_refuses_all_commands_but_ping_without_a_login(system, command):
    assert redis(system, "PING", login=None).strip() == "+PONG"
    assert "-NOPERM" in redis(system, command, login=None)


@pytest.mark.parametrize("command", ["FLUSHALL", "KEYS *", "SCAN 0", "RANDOMKEY", "CONFIG GET *", "ACL LIST", "SCRIPT FLUSH", "SHUTDOWN", "REPLICAOF a 1", "MODULE LIST"])
def test_a_login_of_redis_may_only_use_keys(system, command):
    assert redis(system, "SET user:test value EX 60", "MGET user:test feed:test", "DEL user:test").split() == ["+OK", "+OK", "*2", "$5", "value", "$-1", ":1"]
    assert "-NOPERM" in redis(system, command)


@pytest.mark.parametrize("login, command", [
    ("core", "GET dialog:test"), ("core", "SET dialog:test 1"), ("core", "DEL test"),
    ("chat", "GET user:test"), ("chat", "SET writers 1"), ("chat", "DEL feed:test"),
])
def test_a_login_of_redis_may_only_use_the_keys_of_its_service(system, login, command):
    assert "-NOPERM" in redis(system, command, login=login)


def test_redis_refuses_a_wrong_password(system):
    assert "-WRONGPASS" in redis(system, f"AUTH {system.fact('cache_core_login')} wrong", login=None)


@pytest.mark.parametrize("login, passcode", [("guest", "guest"), ("holdfast", "wrong")])
def test_rabbitmq_refuses_a_wrong_login(system, login, passcode):
    answer = stomp(system, login=login, passcode=passcode)
    assert "ERROR" in answer and "Access refused" in answer and "CONNECTED" not in answer


def test_rabbitmq_delivers_a_message_to_the_live_feed(system):
    answer = stomp(system, "SUBSCRIBE\nid:1\ndestination:/exchange/live-feed\nreceipt:subscribed\n\n",
                   "SEND\ndestination:/exchange/live-feed\n\nhello")
    assert "MESSAGE" in answer and "hello" in answer


@pytest.mark.parametrize("frame", [
    "SUBSCRIBE\nid:1\ndestination:/queue/mine\n\n",
    "SUBSCRIBE\nid:1\ndestination:/topic/mine\n\n",
    "SEND\ndestination:/exchange/amq.fanout\nreceipt:1\n\nhello",
    "SEND\ndestination:/queue/mine\nreceipt:1\n\nhello",
])
def test_the_login_of_rabbitmq_may_only_use_the_live_feed(system, frame):
    assert "access_refused" in stomp(system, frame)


@pytest.mark.parametrize("group", UNITS)
def test_redis_and_rabbitmq_listen_only_on_their_port(system, group):
    for machine in system.groups[group]:
        names = {"cache": "redis-server", "broker": "beam.smp|epmd"}[group]
        listening = system.shell(machine, f"ss --no-header --listening --tcp --numeric --processes | grep -E '{names}'").splitlines()
        outside = [line.split()[3] for line in listening if not line.split()[3].startswith("127.0.0.1:")]
        port = system.fact({"cache": "cache_port", "broker": "broker_stomp_port"}[group])
        assert outside == [f"{system.address(machine)}:{port}"]


@pytest.mark.parametrize("group, limit", [("cache", "redis_memory_max_mb"), ("broker", "rabbitmq_memory_max_mb")])
def test_the_memory_of_redis_and_rabbitmq_is_limited(system, group, limit):
    for machine in system.groups[group]:
        assert int(system.shell(machine, f"systemctl show --property=MemoryMax --value {UNITS[group]}")) == system.variables[machine][limit] * 1024**2


def test_a_full_redis_removes_the_keys_that_expire_first(system):
    """The test writes twice as much as Redis can hold. The key that lives longest is kept, and no write fails."""
    memory = system.variables[system.groups["cache"][0]]["redis_memory_mb"]
    answers = python(system, "app1", f"""
import socket
connection = socket.create_connection(({system.fact('vip_address')!r}, {system.fact('cache_port')}), 5)
answers = connection.makefile("rb")
def call(*words):
    connection.sendall(b"*%d\\r\\n" % len(words) + b"".join(b"$%d\\r\\n%s\\r\\n" % (len(word), word) for word in words))
    return answers.readline().decode().strip()
print(call(b"AUTH", {system.fact('cache_core_login')!r}.encode(), {SECRETS['secret_cache_core_password']!r}.encode()))
print(call(b"SET", b"user:test", b"1", b"EX", b"600"))
print({{call(b"SET", b"feed:test%d" % number, bytes(1024**2), b"EX", b"20") for number in range(2 * {memory})}})
print(call(b"EXISTS", b"user:test"), call(b"EXISTS", b"feed:test0"))
""").splitlines()
    assert answers == ["+OK", "+OK", "{'+OK'}", ":1 :0"]


def test_the_balancers_checks_leave_no_line_in_rabbitmqs_journal(system):
    for machine in system.groups["broker"]:
        assert not system.shell(machine, "journalctl --quiet --unit=rabbitmq-server --grep='Version mismatch|accepting' --lines=1 || test $? -eq 1")


def running(system, program):
    """Starts a Python program on an app node. What it prints can be read while it runs."""
    return subprocess.Popen(["ssh", "-o", "LogLevel=ERROR", f"root@{system.address('app1')}", f"python3 -u -c {shlex.quote(program)}"],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def open_session(system):
    """Starts a program that opens a session with the Redis that serves now. It prints a line when the session is open, and another when it ends."""
    return running(system, f"""
import socket
connection = socket.create_connection(({system.fact('vip_address')!r}, {system.fact('cache_port')}), 5)
connection.settimeout(30)
connection.sendall(b"PING\\r\\n")
print("open" if connection.recv(7) == b"+PONG\\r\\n" else "refused")
print("ended" if not connection.recv(1) else "spoke")
""")


def test_a_queue_without_a_reader_keeps_only_the_newest_messages(system):
    most = system.variables[system.groups["broker"][0]]["rabbitmq_queue_length"]
    frames = ["SUBSCRIBE\nid:1\ndestination:/exchange/live-feed\nack:client\nprefetch-count:1\n\n",
              *["SEND\ndestination:/exchange/live-feed\n\nhello"] * (most + 100),
              "SEND\ndestination:/exchange/live-feed\nreceipt:last\n\nhello"]
    subscriber = f"""
import socket, sys
connection = socket.create_connection(({system.fact('vip_address')!r}, {system.fact('broker_stomp_port')}), 5)
connection.settimeout(20)
connection.sendall({(connect(system) + chr(0) + chr(0).join(frames) + chr(0))!r}.encode())
answer = b""
while b"receipt-id:last" not in answer:
    answer += connection.recv(65536)
print("sent")
sys.stdin.read()
"""
    with running(system, subscriber) as session:
        assert session.stdout.readline() == "sent\n"
        queues = system.shell(system.groups["broker"][0], f"rabbitmqctl --quiet list_queues --vhost {system.fact('broker_vhost')} messages_ready")
        session.stdin.close()
    assert max(int(line) for line in queues.split() if line.isdigit()) == most


def test_all_sessions_move_when_a_redis_stops_and_move_back_when_it_returns(system, until):
    """Otherwise two app nodes could use different Redis servers, and neither would see the marks of the writes that went through the other."""
    try:
        for verb in ("stop", "start"):
            before = instance(system)
            with open_session(system) as session:
                assert session.stdout.readline() == "open\n"
                unit(system, "cache", verb)
                assert session.stdout.readline() == "ended\n"
            assert until(lambda: serving(system, "cache"), 10)
            assert instance(system) != before
    finally:
        unit(system, "cache", "start")


def test_the_other_rabbitmq_serves_when_one_stops(system, until):
    try:
        unit(system, "broker", "stop")
        assert until(lambda: serving(system, "broker"), 10)
    finally:
        unit(system, "broker", "start")
    assert until(lambda: serving(system, "broker"), 10)
