package holdfast.loadtest.engine;

import holdfast.loadtest.machine.Machines.Output;
import holdfast.loadtest.machine.Machines.Service;
import holdfast.loadtest.verdict.Event;
import holdfast.loadtest.verdict.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a drill leaves in its folder for the verdict. */
final class Evidence {

  private static final Duration JOURNAL = Duration.ofSeconds(60);
  private static final Duration LEDGER = Duration.ofSeconds(60);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final Equipment equipment;
  private final Settings settings;
  private final DrillSpec spec;
  private final Path folder;
  private final long beganMs;

  /**
   * @param problems why the drill could not begin
   * @param troubles what went wrong with the run itself
   * @param after the system at the end
   */
  record Findings(Health before, List<String> problems, List<String> troubles, Health after) {}

  /** When the load's first request was due, and when the load had ended. */
  record Times(long startedMs, long endedMs) {}

  Evidence(Equipment equipment, DrillSpec spec, Path folder) {
    this.equipment = equipment;
    this.settings = equipment.settings();
    this.spec = spec;
    this.folder = folder;
    this.beganMs = equipment.time().nowMs();
  }

  /** Makes the folder. */
  void begin() throws IOException {
    Files.createDirectories(folder.resolve("logs"));
  }

  void write(Findings findings, Times times, List<Event> events)
      throws IOException, InterruptedException {
    page("drill.json", spec.document());
    List<String> lines = events.stream().map(SnakeCase.MAPPER::writeValueAsString).toList();
    Files.write(folder.resolve("events.jsonl"), lines);
    page("run.json", run(findings, times));
    if (writes()) {
      ledger(times.startedMs());
    }
    journals();
  }

  private void page(String name, Object content) throws IOException {
    Files.writeString(folder.resolve(name), SnakeCase.INDENTED.writeValueAsString(content) + "\n");
  }

  private Run run(Findings findings, Times times) {
    List<String> unhealthy = new ArrayList<>(findings.problems());
    unhealthy.addAll(findings.troubles());
    Map<String, String> apps = new LinkedHashMap<>();
    for (String name : settings.group("core")) {
      apps.put(name, settings.address(name) + ":" + settings.machines().get(name).corePort());
    }
    Map<String, String> databases = new LinkedHashMap<>();
    settings.group("database").forEach(name -> databases.put(name, settings.address(name)));
    return new Run(
        spec.name(),
        times.startedMs(),
        times.endedMs(),
        findings.problems().isEmpty(),
        unhealthy,
        findings.after().whole(),
        findings.after().problems(),
        new Run.Load(spec.load().rate(), spec.load().durationS()),
        settings.faultLateMaxS(),
        apps,
        databases,
        List.copyOf(settings.machines().keySet()),
        findings.before().leader(),
        findings.before().vipHolders(),
        Objects.requireNonNullElse(Run.class.getPackage().getImplementationVersion(), ""));
  }

  private boolean writes() {
    return settings.load().mixes().get(spec.load().plan()).stream()
        .anyMatch(label -> label.startsWith("write "));
  }

  /**
   * Saves the texts of the load's users that the primary holds. The ledger compares the load's
   * writes with these texts. Without a primary there is no file, and the verdict says so.
   */
  private void ledger(long startedMs) throws InterruptedException {
    try {
      for (String machine : settings.group("database")) {
        if (isPrimary(machine)) {
          List<String> command = new ArrayList<>(List.of("runuser", "-u", "postgres", "--"));
          command.addAll(psql(startedMs));
          equipment.machines().save(machine, command, folder.resolve("stored.jsonl"), LEDGER);
          return;
        }
      }
      equipment.tell().accept("no primary tells what was stored");
    } catch (IOException e) {
      equipment.tell().accept("what was stored can't be read: " + e.getMessage());
      folder.resolve("stored.jsonl").toFile().delete(); // half a ledger would look like losses
    }
  }

  private boolean isPrimary(String machine) throws InterruptedException {
    try {
      Output answer = equipment.machines().http(machine, Service.PATRONI, "/primary", null, ANSWER);
      return answer.code() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** The query finds the load's own users by their city, which names the start of the load. */
  private List<String> psql(long startedMs) {
    Settings.Database database = settings.database();
    String core = database.coreSchema();
    String chat = database.chatSchema();
    String query =
        """
        WITH writers AS (SELECT id FROM %1$s.users WHERE first_name = 'Load' AND city = 'Load %3$d'),
             stored AS (SELECT text FROM %1$s.posts WHERE author_id IN (SELECT id FROM writers)
                        UNION ALL
                        SELECT text FROM %2$s.messages
                        WHERE low_user IN (SELECT id FROM writers) OR high_user IN (SELECT id FROM writers))
        SELECT json_build_object('text', text, 'count', count(*)) FROM stored GROUP BY text
        """
            .formatted(core, chat, startedMs);
    return List.of(
        "psql",
        "--set=ON_ERROR_STOP=1",
        "--no-psqlrc",
        "--quiet",
        "--tuples-only",
        "--no-align",
        "--host=/var/run/postgresql",
        "--port=" + database.port(),
        "--dbname=" + database.name(),
        "--command=" + query);
  }

  /**
   * Saves each machine's journal. The drill first logs a line on the machine, so a journal without
   * any line was lost.
   */
  private void journals() throws InterruptedException {
    Map<String, String> failures =
        Parallel.each(
            settings.machines().keySet(),
            machine -> {
              Path file = folder.resolve("logs").resolve(machine + ".jsonl");
              try {
                equipment.machines().save(machine, List.of("sh", "-c", journal()), file, JOURNAL);
                return "";
              } catch (IOException e) {
                file.toFile().delete(); // the verdict names each journal that is missing
                return String.valueOf(e.getMessage());
              }
            });
    failures.values().stream()
        .filter(failure -> !failure.isEmpty())
        .forEach(failure -> equipment.tell().accept("no journal: " + failure));
  }

  private String journal() {
    List<String> units = settings.logUnits();
    return """
    systemd-run --quiet --wait --collect --unit=%s echo drill %s ends >&2
    journalctl --sync
    exec journalctl --output=json --output-fields=MESSAGE,_SYSTEMD_UNIT,SYSLOG_IDENTIFIER,PRIORITY \
    --since=@%d --unit=%s\
    """
        .formatted(units.getLast(), spec.name(), beganMs / 1000, String.join(" --unit=", units));
  }
}
