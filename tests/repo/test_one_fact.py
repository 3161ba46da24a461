"""Tests that a fact which must stand in two files is the same in both."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


def read(path):
    return yaml.safe_load((ROOT / path).read_text())


API = read("api/openapi.yaml")
SCHEMAS = API["components"]["schemas"]
LIVE = " ".join((ROOT / "api/asyncapi.yaml").read_text().split())  # lines may break anywhere
DESCRIPTION = " ".join(API["info"]["description"].split())
WEB = read("group_vars/web.yml")
PORTS = read("group_vars/all/ports.yml")
TIMEOUTS = read("group_vars/all/timeouts.yml")
PLATFORM = read("app/platform/src/main/resources/platform.yml")
HEALTH = read("group_vars/all/health.yml")
HAPROXY = (ROOT / "roles/haproxy/templates/haproxy.cfg.j2").read_text()
DRILLS = [yaml.safe_load(path.read_text()) for path in (ROOT / "drills").glob("*.yml")]


def java(*modules):
    """Returns the Java source of these modules of app/, without their tests."""
    return "\n".join(path.read_text() for module in modules for path in sorted((ROOT / f"app/{module}/src/main/java").rglob("*.java")))


def constant(file, name, module="*"):
    """Returns the number in a constant of a Java file in app/."""
    path, = (ROOT / "app").glob(f"{module}/src/main/java/**/{file}.java")
    text = re.search(rf"static final \w+ {name} =\s*\"?([\d_ *]+)\"?;", path.read_text())[1]
    product = 1
    for factor in text.split("*"):
        product *= int(factor)
    return product


def number(pattern, text):
    """Returns the number that the pattern finds in the text. All matches must give the same number."""
    found = {int(each.replace(",", "")) for each in re.findall(pattern, text)}
    assert len(found) == 1, f"{pattern}: {found}"
    return found.pop()


def operations():
    """Yields (path, method, operation) of each operation in api/openapi.yaml. The path has no first slash, and an id in place of each {}."""
    for path, methods in API["paths"].items():
        for method, operation in methods.items():
            yield re.sub(r"\{\w+}", "6f9619ff-8b86-8011-b42d-00cf4fc964ff", path)[1:], method, operation


@pytest.mark.parametrize("path, method, operation", [pytest.param(*each, id=each[2]["operationId"]) for each in operations()])
def test_nginx_passes_each_path_on_and_gives_writes_more_time(path, method, operation):
    def of(paths):
        return any(re.match(each, path) for each in WEB[paths])

    assert of("nginx_paths")
    assert of("nginx_live_paths") == ("101" in operation["responses"])
    # login is a POST that stores nothing.
    assert of("nginx_write_paths") == (method != "get" and operation["operationId"] != "login")


@pytest.mark.parametrize("paths", ["nginx_paths", "nginx_live_paths", "nginx_write_paths"])
def test_nginx_has_no_path_that_the_api_does_not_describe(paths):
    for pattern in WEB[paths]:
        assert any(re.match(pattern, path) for path, _, _ in operations()), pattern


def test_status_asks_rabbitmq_as_haproxy_does():
    asked = HEALTH["_health_parts_of"]["broker"]["rabbitmq"]
    sent, zero, expected = re.search(
        r'tcp-check send "(CONNECT.*)"\n *tcp-check send-binary (00)\n *tcp-check expect string "(.*)"', HAPROXY).groups()
    assert asked["send"] == sent.replace(r"\n", "\n") + chr(int(zero, 16))
    assert asked["expect"] == expected
    dropped, = re.findall(r"LogFilterPatterns=~(.*)", (ROOT / "roles/rabbitmq/templates/unit.conf.j2").read_text())
    assert expected == f"message:{dropped}"


def test_a_drill_gathers_the_log_of_every_helper_that_a_role_installs():
    made = {path.name.removesuffix(".service.j2") for path in (ROOT / "roles").glob("*/templates/*-*.service.j2")}
    assert made and made <= set(re.findall(r"'([\w-]+)'", read("group_vars/all/drill.yml")["drill_log_units"]))


def test_a_disk_is_not_full_while_it_has_room_for_the_wal_that_the_leader_may_keep():
    kept = read("roles/patroni/vars/main/dynamic.yml")["_patroni_parameters"]["max_slot_wal_keep_size"]
    enough = number(r"ENOUGH_FREE = (\d+) << 30", (ROOT / "ansible/filter_plugins/status.py").read_text())
    assert kept == f"{enough}GB"


def test_nginx_the_services_and_the_api_have_the_same_limit_for_a_body():
    assert WEB["nginx_max_body"] == constant("BodyLimitFilter", "LIMIT")
    text = " ".join((ROOT / "api/openapi.yaml").read_text().split())
    described = number(r"[Bb]ody (?:has at most|is longer than) (\d+) KiB", text)
    assert WEB["nginx_max_body"] == described * 1024


@pytest.mark.parametrize("service", ["core", "chat"])
def test_a_login_of_redis_may_use_exactly_the_keys_of_its_service(service):
    logins = read("group_vars/cache.yml")["redis_logins"]
    allowed, = (login["keys"] for login in logins if login["name"] == f"{{{{ cache_{service}_login }}}}")
    own = {f"{prefix}:*" for prefix in re.findall(r'"([a-z]+):" \+', java(service, *(["platform"] if service == "core" else [])))}
    if service == "core":
        own |= set(re.findall(r'WRITERS = "(\w+)"', java("platform")))
    assert own == set(allowed)


def test_rabbitmq_has_the_exchange_that_core_uses():
    assert re.findall(r'"/exchange/([\w-]+)"', java("core")) == read("group_vars/broker.yml")["rabbitmq_exchanges"]


@pytest.mark.parametrize("service", ["core", "chat"])
def test_a_service_gets_exactly_the_variables_that_it_reads(service):
    asked = set()
    for file in ("platform/src/main/resources/platform.yml", f"{service}/src/main/resources/application.yml"):
        lines = [line for line in (ROOT / "app" / file).read_text().splitlines() if not line.strip().startswith("#")]
        asked |= set(re.findall(r"\$\{([A-Z_]+)", "\n".join(lines)))
    variables = read(f"group_vars/{service}.yml") | read("group_vars/all/service.yml")
    told = set(re.findall(r"^([A-Z_]+)=", (ROOT / "roles/service/templates/environment.j2").read_text(), re.M))
    for kind in ("environment", "secrets"):
        told |= set(variables[f"service_{kind}"]) | set(variables[f"{service}_{kind}"])
    assert asked == told - {"SPRING_PROFILES_ACTIVE"}  # Spring itself reads this one


def bounds(schema):
    """Returns (shortest, longest) length of a field's text."""
    schema = SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return schema.get("minLength", 0), schema.get("maxLength")


def texts(*names):
    """Returns the texts with a limit in these bodies of the API: {(field, shortest, longest)}. Ids have a pattern instead of a limit."""
    fields = [field for name in names for field in SCHEMAS[name]["properties"].items()]
    return {(name, *bounds(schema)) for name, schema in fields if bounds(schema)[1]}


@pytest.mark.parametrize("service, bodies", [("core", ["Registration", "Credentials", "NewText", "ChangedPost"]), ("chat", ["NewText"])])
def test_the_services_and_the_api_have_the_same_limits_for_a_text(service, bodies):
    found = re.findall(r"@Text\((?:min = (\d+), )?max = ([\d_]+)\)(?:\s*@\w+(?:\([^)]*\))?)*\s*String (\w+)", java(service))
    kept = {(re.sub(r"([A-Z])", r"_\1", name).lower(), int(least or 1), int(most)) for least, most, name in found}
    assert {each for each in kept if each[0] != "id"} == texts(*bodies)


def test_the_page_and_the_service_refuse_the_same_input():
    page = (ROOT / "web/page/index.html").read_text()
    assert number(r'minlength="(\d+)"', page) == bounds(SCHEMAS["Password"])[0]
    earliest, = set(re.findall(r'type="date"[^>]* min="([\d-]+)"', page))
    assert SCHEMAS["Birthdate"]["description"] == f"From {earliest} to today."
    year, month, day = (int(part) for part in earliest.split("-"))
    assert f"EARLIEST = LocalDate.of({year}, {month}, {day})" in java("core")
    assert f"from {earliest} to today" in java("core")


def parameter(operation, name):
    found, = (each for _, _, one in operations() if one["operationId"] == operation for each in one["parameters"] if each.get("name") == name)
    return found


def test_pages_of_results_have_the_limits_that_the_api_describes():
    assert parameter("searchUsers", "limit")["schema"]["maximum"] == constant("SearchQuery", "MOST")
    feed = parameter("getFeed", "limit")["schema"]
    assert (feed["maximum"], feed["default"]) == (constant("FeedQuery", "MOST"), constant("FeedQuery", "USUAL"))
    assert number(r"back ([\d,]+) posts", parameter("getFeed", "offset")["description"]) == constant("FeedQuery", "DEPTH")
    messages = parameter("listMessages", "limit")
    assert messages["schema"]["maximum"] == messages["schema"]["default"] == constant("MessagePageQuery", "MOST")
    assert number(r"more than (\d+) MiB", messages["description"]) * 1024**2 == constant("MessagePage", "MOST_BYTES", "chat")
    friends = API["paths"]["/friend/set/{user_id}"]["put"]["responses"]["409"]["description"]
    assert number(r"has ([\d,]+) friends", friends) == constant("Friendships", "MOST")
    names = {number(r"LONGEST_NAME = (\d+)", java("core")), number(r"problem\(text, 1, (\d+)\)", java("core"))}
    assert names == {bounds(SCHEMAS["Name"])[1]}


def test_an_idempotency_key_has_the_length_that_the_api_describes():
    longest = API["components"]["parameters"]["IdempotencyKey"]["schema"]["maxLength"]
    assert number(r"\{1,(\d+)\}\"", (ROOT / next((ROOT / "app").glob("*/src/main/java/**/IdempotencyKeys.java"))).read_text()) == longest
    assert number(r"must be 1 to (\d+) visible ASCII", java("platform")) == longest


def test_a_token_is_valid_for_as_long_as_the_api_describes():
    described = number(r"for (\d+) hours", DESCRIPTION + API["paths"]["/login"]["post"]["description"])
    assert PLATFORM["holdfast"]["token"]["ttl"] == f"{described}h"


def test_a_slow_request_gets_the_time_that_the_api_describes():
    described = number(r"stops arriving for (\d+) seconds", DESCRIPTION)
    assert TIMEOUTS["timeout_web_client"] == described
    assert PLATFORM["server"]["tomcat"]["connection-timeout"] == f"{described}s"


def test_the_live_feed_has_the_limits_that_the_api_describes():
    assert number(r"pings every (\d+) seconds", LIVE) == TIMEOUTS["timeout_live_ping"]
    assert number(r"lasts at least (\d+) minutes", LIVE) * 60 < TIMEOUTS["timeout_web_live"]
    assert number(r"more than (\d+) bytes ends", LIVE) == constant("LiveConnector", "MOST_RECEIVED")
    assert number(r"maxLength: (\d+)", LIVE) == bounds(SCHEMAS["Text"])[1]


def test_the_documents_and_the_plans_name_the_web_port():
    assert number(r"localhost:(\d+)", LIVE) == PORTS["web_port"]
    for plan in [*(ROOT / "loadtest").glob("*.jmx"), *(ROOT / "bench").glob("*.jmx")]:
        assert number(r"__P\(port,(\d+)\)", plan.read_text()) == PORTS["web_port"]


@pytest.mark.parametrize("document", ["README.md", "docs/architecture.md"])
def test_a_document_names_only_ports_that_exist(document):
    hosts = read("inventory/hosts.yml")["all"]["children"]["core"]["hosts"].values()
    known = set(PORTS.values()) | {host["core_port"] for host in hosts} | {22, 443}
    text = (ROOT / document).read_text()
    named = {int(port) for port in re.findall(r"(?<![\d.]):(\d{4,5})\b(?!:)", re.sub(r"LAB_PORT=\d+", "", text))}
    assert named <= known
    if document == "README.md":
        drawn = {PORTS[name] for name in ("web_port", "chat_port", "primary_port", "replicas_port", "cache_port", "broker_stomp_port")}
        assert drawn | {host["core_port"] for host in hosts} <= named


@pytest.mark.parametrize("document", ["README.md", "docs/drills.md"])
def test_a_document_has_the_right_number_of_drills(document):
    """There are two numbers: all drills, and those that need one web machine. Numbers of past runs stand only in docs/performance.md."""
    counts = {len(DRILLS), len([drill for drill in DRILLS if drill.get("web_machines", 1) == 1])}
    named = re.findall(r"\b\d+(?= drills\b|, or all \d)|(?<=\ball )\d+\b", (ROOT / document).read_text())
    assert {int(each) for each in named} == counts


def test_the_documents_have_the_right_value_of_each_timeout():
    """The documents write `timeout_lock` (1 s), or 5 minutes (`timeout_transaction_idle_others`)."""
    units = {"ms": 1, "s": 1, "seconds": 1, "minutes": 60}
    documents = [ROOT / "README.md", ROOT / "SECURITY.md", *(ROOT / "docs").glob("*.md")]
    text = " ".join(" ".join(path.read_text().split()) for path in documents)  # lines may break anywhere
    named = re.findall(r"`(timeout_\w+)` \(([\d.]+) (ms|s)\)", text)
    named += [(name, value, unit) for value, unit, name in re.findall(r"([\d.]+) (ms|s|seconds|minutes) \(`(timeout_\w+)`\)", text)]
    assert named
    for name, value, unit in named:
        assert float(value) * units[unit] == TIMEOUTS[name], name


def test_the_drills_document_says_how_late_a_fault_may_be():
    limit = r"`drill_fault_late_max_s` late \((\d+) s; (\d+) s with Vagrant"
    usual, vagrant = re.search(limit, " ".join((ROOT / "docs/drills.md").read_text().split())).groups()
    assert int(usual) == read("roles/drill/defaults/main.yml")["drill_fault_late_max_s"]
    assert int(vagrant) == read("inventory/vagrant.yml")["all"]["vars"]["drill_fault_late_max_s"]


def test_exactly_the_secrets_that_are_used_are_made():
    used = set()
    for folder in ("group_vars", "roles", "ansible"):
        for path in (ROOT / folder).rglob("*.yml"):
            if path.name not in ("secrets.yml", "secrets_required.yml"):
                used |= set(re.findall(r"\b(?<!['\^])(secret_[a-z_]+[a-z])\b(?= *[|}])", path.read_text()))
    assert used == set(read("group_vars/all/secrets_required.yml")["secrets_required"])


@pytest.mark.parametrize("role", sorted(path.parents[1].name for path in (ROOT / "roles").glob("*/defaults/main.yml")))
def test_a_roles_contract_has_the_roles_real_defaults(role):
    options = {}
    for entry in read(f"roles/{role}/meta/argument_specs.yml")["argument_specs"].values():
        options |= entry.get("options", {})
    described = {name: option["default"] for name, option in options.items() if "default" in option}
    real = read(f"roles/{role}/defaults/main.yml")
    assert described == {name: real[name] for name in described}


def test_all_searches_begin_with_the_same_letters():
    sources = ["ansible/bench.yml", "bench/described.jmx", "loadtest/load.jmx", "bench/src/main/java/holdfast/bench/common/Letters.java"]
    found = [re.findall(r"[А-Я]{10,}", (ROOT / source).read_text()) for source in sources]
    assert len(found[0]) == 1 and found == [found[0]] * len(sources)


def test_the_restore_removes_the_users_that_the_benchmarks_register():
    registered = {city for file in (ROOT / "bench/src/main").rglob("*.java") for city in re.findall(r'CITY = "(.*)"', file.read_text())}
    registered |= set(re.findall(r"'(Bench .*?)'", (ROOT / "ansible/templates/bench_insert.sql.j2").read_text()))
    lists = re.findall(r"city IN \((.*)\)", (ROOT / "ansible/files/bench_registered.sql").read_text())
    assert registered and [set(re.findall(r"'(.*?)'", each)) for each in lists] == [registered] * 2


def test_the_benchmarks_read_statements_from_sources_that_exist():
    named = {path for file in (ROOT / "ansible").rglob("bench*") if file.is_file() for path in re.findall(r"/(app/[\w/]+\.java)", file.read_text())}
    assert len(named) == 3 and [path for path in named if not (ROOT / path).exists()] == []
