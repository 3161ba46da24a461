package holdfast.loadtest.engine;

import holdfast.loadtest.machine.MachineAccess;
import holdfast.loadtest.machine.Machines;
import holdfast.loadtest.machine.Time;
import holdfast.loadtest.verdict.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A whole system in memory: machines with units, a clock that jumps, a load that sends nothing.
 * Tests set what goes wrong, and may cut the drill off at any touch of a machine, the clock or the
 * load. The methods are synchronized because a drill heals several machines at once.
 */
final class FakeSystem implements Machines, Time, HealthCheck, LoadGenerator, Judge {

  private static final JsonMapper MAPPER = new JsonMapper();

  private static final long BOOT_MS = 20_000;

  /** What is broken now, as "kind host". */
  final Set<String> broken = new TreeSet<>();

  final Set<String> unreachable = new HashSet<>();
  final List<String> said = new ArrayList<>();
  final List<String> touched = new ArrayList<>();
  final List<Path> judged = new ArrayList<>();
  final AtomicInteger touches = new AtomicInteger();
  final Settings settings;

  /** The touch at which the drill is interrupted; none if 0. */
  int cutOffAt;

  /** The calls of fault.py that fail, such as "inject stop". */
  final Set<String> failing = new HashSet<>();

  /** The call of fault.py after which the machine stops answering. */
  String silentAfter = "";

  String leaderUnderLoad = "db1";
  int loadEndsAtS = Integer.MAX_VALUE;
  boolean loadRuns;
  boolean loadWasEnded;
  boolean judgeFails;

  /** Whether only the first of {@link #failing} fails. */
  boolean failsOnce;

  List<Path> summedUp = List.of();
  double served = 1000;
  private long nowMs = 1_800_000_000_000L;
  private long loadStartMs;

  FakeSystem(Path folder, String... names) throws IOException {
    this(folder, folder.resolve("drills"), names);
  }

  FakeSystem(Path folder, Path drills, String... names) throws IOException {
    Map<String, Settings.Machine> machines = new LinkedHashMap<>();
    for (String name : List.of("lb1", "lb2", "db1", "db2", "db3", "app1", "app2", "web1")) {
      machines.put(
          name,
          new Settings.Machine(
              new MachineAccess("10.0.0.1", 22, null, null, List.of(), null), true, 8082));
    }
    settings =
        new Settings(
            drills,
            folder.resolve("results"),
            List.of(names),
            false,
            null,
            machines,
            Map.of(
                "balancer", List.of("lb1", "lb2"),
                "database", List.of("db1", "db2", "db3"),
                "core", List.of("app1", "app2"),
                "broker", List.of("app1", "app2"),
                "web", List.of("web1")),
            Map.of("vip", new Settings.Vip("10.0.0.10", List.of("lb1", "lb2"))),
            Map.of("off", List.of("off"), "on", List.of("on")),
            new Settings.Load(
                List.of(),
                Map.of("search", List.of("read search"), "mixed", List.of("write post")),
                "mixed"),
            new Settings.Database("holdfast", 5432, "core", "chat"),
            new Settings.Patroni(8008, "", ""),
            8085,
            Path.of("fault.py"),
            "/data",
            List.of("core", "drill"),
            Map.of("process", new Settings.Gap(1000.0, 2000.0)),
            10,
            90,
            new Settings.Health(Path.of(""), Path.of(""), Map.of(), MAPPER.createObjectNode()));
    Files.createDirectories(settings.resultsDir());
    Files.createDirectories(folder.resolve("drills"));
  }

  Equipment equipment() {
    return new Equipment(settings, "the script", this, this, this, this, this, said::add);
  }

  /** Every touch may be the one at which somebody presses Ctrl-C. */
  private synchronized void touch(String what) throws InterruptedException {
    touched.add(what);
    if (touches.incrementAndGet() == cutOffAt) {
      throw new InterruptedException(what);
    }
  }

  @Override
  public synchronized Output run(
      String machine, List<String> command, String input, Duration patience)
      throws IOException, InterruptedException {
    touch(machine + " " + String.join(" ", command));
    if (unreachable.contains(machine)) {
      throw new IOException(machine + " can't be reached");
    }
    if (command.getFirst().equals("systemctl")) {
      boolean stopped = broken.stream().anyMatch(each -> each.endsWith(" " + machine));
      return new Output(0, stopped ? "ActiveState=inactive\n" : "ActiveState=active\n", "");
    }
    if (command.getLast().startsWith("{")) {
      return new Output(0, "what " + machine + " says", "");
    }
    return fault(machine, command.get(2), command.get(3));
  }

  private Output fault(String machine, String what, String kind) {
    if (failing.contains(what + " " + kind)) {
      if (failsOnce) {
        failing.clear();
      }
      return new Output(1, "", "it failed");
    }
    String key = kind + " " + machine;
    switch (what) {
      case "inject" -> broken.add(key);
      case "heal" -> broken.remove(key);
      default -> {}
    }
    if (silentAfter.equals(what + " " + kind)) {
      unreachable.add(machine);
    }
    return new Output(0, "{\"text\": \"%s %s\", \"state\": [1]}".formatted(what, kind), "");
  }

  @Override
  public synchronized void save(String machine, List<String> command, Path file, Duration patience)
      throws IOException, InterruptedException {
    touch("save " + file.getFileName());
    if (unreachable.contains(machine)) {
      throw new IOException(machine + " can't be reached");
    }
    Files.writeString(file, "saved\n");
  }

  @Override
  public synchronized boolean answers(String machine) throws InterruptedException {
    touch("answers " + machine);
    return !broken.contains("off " + machine);
  }

  @Override
  public synchronized Output http(
      String machine, Service service, String path, @Nullable String post, Duration patience)
      throws InterruptedException {
    touch("http " + machine + path);
    return service == Service.PATRONI
        ? new Output(machine.equals("db1") ? 200 : 503, "", "")
        : new Output(200, "http_server_requests_seconds_count{a=\"b\"} " + served + "\n", "");
  }

  @Override
  public synchronized void order(String verb, String machine)
      throws IOException, InterruptedException {
    touch(verb + " " + machine);
    if (verb.equals("off")) {
      broken.add("off " + machine);
    } else if (!broken.remove("off " + machine)) {
      throw new IOException(machine + " runs already"); // as virsh does
    } else {
      nowMs += BOOT_MS;
    }
  }

  @Override
  public void close() {}

  @Override
  public synchronized long nowMs() {
    return nowMs;
  }

  @Override
  public synchronized void pause(long ms) throws InterruptedException {
    touch("pause");
    nowMs += ms;
    if (loadRuns && nowMs >= loadStartMs + loadEndsAtS * 1000L) {
      loadRuns = false;
    }
  }

  @Override
  public synchronized Health ask() throws InterruptedException {
    touch("health");
    List<String> problems = broken.stream().map(each -> each + " is broken").toList();
    String leader = loadRuns ? leaderUnderLoad : "db1";
    return new Health(problems, leader, List.of("db2", "db3"), new TreeMap<>(Map.of("vip", "lb1")));
  }

  @Override
  public void warmUp(Path folder) throws InterruptedException {
    touch("warm up");
  }

  @Override
  public Duration lead(DrillSpec.Load load) {
    return Duration.ofSeconds(12);
  }

  @Override
  public Running start(DrillSpec.Load load, Path folder, long startMs) throws InterruptedException {
    touch("start the load");
    loadRuns = true;
    loadStartMs = startMs;
    return new Running() {
      @Override
      public void mustRun() throws IOException {
        if (!loadRuns) {
          throw new IOException("JMeter has ended too early");
        }
      }

      @Override
      public void await(Duration left) throws IOException, InterruptedException {
        touch("await the load");
        for (long ms = left.toMillis(); ms > 0 && loadRuns; ms -= 250) {
          pause(Math.min(ms, 250));
        }
        mustRun();
        loadRuns = false;
      }

      @Override
      public void end() {
        loadWasEnded = true;
        loadRuns = false;
      }
    };
  }

  /** Judges as the real verdict does if the load has broken no promise. */
  @Override
  public Result.Outcome judge(Path folder) throws IOException {
    judged.add(folder);
    if (judgeFails) {
      throw new IllegalStateException("no verdict");
    }
    String events = Files.readString(folder.resolve("events.jsonl"));
    if (events.contains("not_healed")) {
      return Result.Outcome.FAILED;
    }
    boolean troubled =
        !Files.readString(folder.resolve("run.json")).contains("\"unhealthy\" : [ ]");
    return troubled || events.contains("not_held") ? Result.Outcome.INVALID : Result.Outcome.PASSED;
  }

  @Override
  public void sumUp(Path folder, List<Path> runs) throws IOException {
    summedUp = List.copyOf(runs);
    Files.createDirectories(folder);
  }
}
