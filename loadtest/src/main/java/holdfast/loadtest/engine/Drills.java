package holdfast.loadtest.engine;

import holdfast.loadtest.verdict.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The drills that the settings name, one after another. */
final class Drills {

  private static final DateTimeFormatter FOLDER =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Equipment equipment;
  private final Settings settings;

  Drills(Equipment equipment) {
    this.equipment = equipment;
    this.settings = equipment.settings();
  }

  /**
   * Runs the drills. A drill that fails or can't run doesn't keep the next ones from running.
   *
   * @return the worst exit code, see {@link DrillProgram#run}
   */
  int all() throws Refused, IOException, InterruptedException {
    allowed();
    List<DrillSpec> wanted = wanted();
    if (settings.check()) {
      return tellWhatWouldBeDone(wanted);
    }
    List<Result.Outcome> outcomes = new ArrayList<>();
    List<Path> folders = new ArrayList<>();
    String began = FOLDER.format(Instant.ofEpochMilli(equipment.time().nowMs()));
    for (DrillSpec spec : wanted) {
      outcomes.add(one(spec, folders));
    }
    if (wanted.size() > 1) {
      Path folder = settings.resultsDir().resolve("matrix").resolve(began);
      equipment.judge().sumUp(folder, folders);
      pointTo(folder);
    }
    return outcomes.stream().mapToInt(Result.Outcome::exitCode).max().orElse(2);
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

  /** All files are read first: a mistake in the last one is told before the first drill. */
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
      return true; // read() will say what is wrong with the file
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
    folders.add(folder); // the overview also shows a drill that left no result
    try {
      if (!new Leftovers(equipment).healed()) {
        return Result.Outcome.INVALID;
      }
      Result.Outcome outcome = new DrillRun(spec, equipment, folder).run();
      pointTo(folder);
      return outcome;
    } catch (IOException | RuntimeException e) {
      equipment.tell().accept(spec.name() + ": " + DrillProgram.told(e));
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

  /** Points the link {@code latest} to this folder. */
  private static void pointTo(Path folder) throws IOException {
    Path link = folder.resolveSibling("latest");
    Path beside = folder.resolveSibling("latest.new");
    Files.deleteIfExists(beside);
    Files.createSymbolicLink(beside, folder.getFileName());
    Files.move(beside, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
