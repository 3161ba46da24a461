package holdfast.loadtest.engine;

import holdfast.loadtest.machine.Machines.Service;
import holdfast.loadtest.machine.SshMachines;
import holdfast.loadtest.machine.SshMachines.ServiceAccess;
import holdfast.loadtest.machine.Time;
import holdfast.loadtest.verdict.Event;
import holdfast.loadtest.verdict.Result;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The commands {@code drill} and {@code heal}: drills one after another, and the healing of one.
 */
public final class Drills {

  private static final DateTimeFormatter FOLDER =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Equipment equipment;
  private final Settings settings;

  Drills(Equipment equipment) {
    this.equipment = equipment;
    this.settings = equipment.settings();
  }

  /** What a caller wants. */
  public enum Wish {
    DRILL,
    HEAL
  }

  /**
   * Does what is wished, with the settings from {@code in}.
   *
   * @return the exit code: 0 all passed, or healed; 1 a promise was broken; 2 a drill was invalid,
   *     refused or cut off, or something could not be healed
   */
  public static int run(Wish wish, InputStream in, PrintStream out, Judge judge) {
    try {
      Settings settings = Settings.read(in);
      Files.createDirectories(settings.resultsDir());
      Path lock = settings.resultsDir().resolve("drill.lock");
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = alone(channel, out);
          SshMachines machines = machines(settings)) {
        Equipment equipment =
            new Equipment(
                settings,
                Files.readString(settings.fault()),
                machines,
                new AskedHealth(settings.health(), machines, Time.REAL),
                new JMeter(settings, Time.REAL),
                Time.REAL,
                judge,
                out::println);
        Drills drills = new Drills(equipment);
        return wish == Wish.HEAL ? drills.healForgotten() : drills.all();
      }
    } catch (Refused e) {
      out.println(e.getMessage());
    } catch (IOException e) {
      out.println(told(e));
    } catch (InterruptedException e) {
      out.println("the drill was cut off");
    }
    return Result.Outcome.INVALID.exitCode();
  }

  /** Most of these name only the file: the kind of trouble is in the exception's name. */
  private static String told(IOException e) {
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  /** A drill that was cut off may still heal; two at once would count each other's requests. */
  private static FileLock alone(FileChannel channel, PrintStream out) throws IOException {
    FileLock lock = channel.tryLock();
    if (lock != null) {
      return lock;
    }
    out.println("another drill runs, or heals what it broke: wait for its end");
    return channel.lock();
  }

  private static SshMachines machines(Settings settings) throws IOException {
    Settings.Patroni patroni = settings.patroni();
    return new SshMachines(
        settings.machines().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().access())),
        Map.of(
            Service.PATRONI,
            new ServiceAccess(patroni.port(), patroni.user(), patroni.password()),
            Service.CORE_MANAGEMENT,
            new ServiceAccess(settings.coreManagementPort(), null, null)),
        settings.machineCommands());
  }

  /** Heals what a drill that was cut off has left. */
  int healForgotten() throws IOException, InterruptedException {
    Optional<InjectedNote.Content> left = equipment.note().read();
    if (left.isEmpty()) {
      return 0;
    }
    equipment.tell().accept("heal what a drill that was cut off has left");
    JMeter.endForgotten(Path.of(left.get().folder()), left.get().startedMs());
    EventLog events = new EventLog(equipment.time(), equipment.tell());
    new Healer(equipment.tools(), events).heal(left.get().steps());
    if (events.all().stream().anyMatch(event -> event.is(Event.Kind.NOT_HEALED))) {
      equipment
          .tell()
          .accept("what a drill has left could not be healed: mend what the lines above name");
      return Result.Outcome.INVALID.exitCode();
    }
    equipment.note().remove();
    return 0;
  }

  /** Runs the drills that the settings name; what becomes of one doesn't keep the next back. */
  int all() throws Refused, IOException, InterruptedException {
    allowed();
    List<DrillSpec> wanted = wanted();
    if (settings.check()) {
      return tellWhatWouldBeDone(wanted);
    }
    Map<String, Result.Outcome> outcomes = new LinkedHashMap<>();
    List<Path> folders = new ArrayList<>();
    String began = FOLDER.format(Instant.ofEpochMilli(equipment.time().nowMs()));
    for (DrillSpec spec : wanted) {
      outcomes.put(spec.name(), one(spec, folders));
    }
    if (wanted.size() > 1) {
      Path folder = settings.resultsDir().resolve("matrix").resolve(began);
      equipment.judge().sumUp(folder, folders);
      pointTo(folder);
    }
    return outcomes.values().stream().mapToInt(Result.Outcome::exitCode).max().orElse(2);
  }

  private void allowed() throws Refused {
    List<String> forbidden =
        settings.machines().entrySet().stream()
            .filter(each -> !each.getValue().allowed())
            .map(Map.Entry::getKey)
            .toList();
    if (!forbidden.isEmpty()) {
      throw new Refused(
          "%s: not marked `drills_allowed: true` in the inventory. A drill stops services on purpose"
              .formatted(String.join(", ", forbidden)));
    }
  }

  /** Every file is read before anything is touched. */
  private List<DrillSpec> wanted() throws Refused {
    List<String> known = DrillFile.names(settings.drillsDir());
    List<String> names = settings.names();
    if (names.equals(List.of("all"))) {
      names = known.stream().filter(name -> enoughMachines(name)).toList();
    }
    List<String> unknown = names.stream().filter(name -> !known.contains(name)).toList();
    if (!unknown.isEmpty() || names.isEmpty()) {
      throw new Refused(
          "no drill %s; there are: all, %s"
              .formatted(
                  unknown.isEmpty() ? "was named (-e drill=NAME)" : String.join(", ", unknown),
                  String.join(", ", known)));
    }
    List<DrillSpec> specs = new ArrayList<>();
    List<String> refusals = new ArrayList<>();
    for (String name : names) {
      try {
        specs.add(new DrillFile(file(name), settings).read());
      } catch (Refused e) {
        refusals.add(e.getMessage());
      }
    }
    if (!refusals.isEmpty()) {
      throw new Refused(String.join("\n", refusals));
    }
    return specs;
  }

  private boolean enoughMachines(String name) {
    try {
      int needed = DrillFile.webMachines(file(name));
      if (needed <= settings.group("web").size()) {
        return true;
      }
      equipment.tell().accept("not run: %s needs %d web machines".formatted(name, needed));
      return false;
    } catch (Refused e) {
      return true; // reading it will say what is wrong
    }
  }

  private Path file(String name) {
    return settings.drillsDir().resolve(name + ".yml");
  }

  private Result.Outcome one(DrillSpec spec, List<Path> folders) throws InterruptedException {
    Path folder =
        settings
            .resultsDir()
            .resolve(spec.name())
            .resolve(FOLDER.format(Instant.ofEpochMilli(equipment.time().nowMs())));
    try {
      if (healForgotten() != 0) {
        return Result.Outcome.INVALID;
      }
      Result.Outcome outcome = new DrillRun(spec, equipment, folder).run();
      pointTo(folder);
      folders.add(folder);
      return outcome;
    } catch (IOException e) {
      equipment
          .tell()
          .accept(
              "%s: %s: %s".formatted(spec.name(), e.getClass().getSimpleName(), e.getMessage()));
      return Result.Outcome.INVALID;
    }
  }

  private int tellWhatWouldBeDone(List<DrillSpec> wanted) throws InterruptedException {
    int code = 0;
    Health now = equipment.health().ask();
    for (DrillSpec spec : wanted) {
      Preparation preparation = new Preparation(equipment, spec);
      List<String> problems = new ArrayList<>(now.problems());
      List<Step> steps = preparation.targets(now, problems);
      equipment.tell().accept(plan(spec, steps, problems));
      code = problems.isEmpty() ? code : Result.Outcome.INVALID.exitCode();
    }
    return code;
  }

  private static String plan(DrillSpec spec, List<Step> steps, List<String> problems) {
    String faults =
        steps.stream()
            .map(step ->
                "at %d s %s on %s (%s)%s"
                    .formatted(
                        step.atS(),
                        step.action().words(step.on()),
                        step.host(),
                        step.target(),
                        step.healAtS() == null ? "" : ", healed at " + step.healAtS() + " s"))
            .collect(Collectors.joining("; "));
    return "%s: %d requests a second for %d s; %s; %s"
        .formatted(
            spec.name(),
            spec.load().rate(),
            spec.load().durationS(),
            faults,
            problems.isEmpty() ? "the system is healthy" : String.join("; ", problems));
  }

  /** Makes {@code latest} beside the folder lead to it. */
  private static void pointTo(Path folder) throws IOException {
    Path link = folder.resolveSibling("latest");
    Path beside = folder.resolveSibling("latest.new");
    Files.deleteIfExists(beside);
    Files.createSymbolicLink(beside, folder.getFileName());
    Files.move(beside, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
