package holdfast.loadtest.engine;

import holdfast.loadtest.engine.DrillSpec.Load;
import holdfast.loadtest.engine.DrillSpec.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Reads a drill's file. The refusal of a mistake names the file, the line and what is allowed. No
 * machine is asked.
 */
final class DrillFile {

  static final int DAY_S = 86_400;
  static final int MOST_MACHINES = 100;
  private static final int MOST_RATE = 10_000;
  private static final int MOST_TRIES = 10;

  /** The verdict keeps every request in memory. */
  private static final int MOST_REQUESTS = 1_000_000;

  private final Path path;
  private final Settings settings;

  DrillFile(Path path, Settings settings) {
    this.path = path;
    this.settings = settings;
  }

  /** How many web machines a drill needs. */
  static int webMachines(Path path) throws Refused {
    return webMachines(YamlMap.read(path));
  }

  private static int webMachines(YamlMap file) throws Refused {
    Integer number = file.optionalNumber("web_machines", 1, MOST_MACHINES);
    return number == null ? 1 : number;
  }

  /**
   * @throws Refused with what to mend in the file, or in the inventory
   */
  DrillSpec read() throws Refused {
    YamlMap file =
        YamlMap.read(path)
            .only(
                "name",
                "component",
                "fault",
                "promise",
                "gap",
                "web_machines",
                "load",
                "steps",
                "expect");
    String name = file.text("name");
    if (!path.getFileName().toString().equals(name + ".yml")) {
      throw file.refused("name", "the name must be that of the file");
    }
    for (String key : List.of("component", "fault", "promise")) {
      file.text(key);
    }
    enoughWebMachines(file);
    Load load = load(file.map("load"));
    List<Step> steps = new DrillSteps(settings, load).read(file);
    Map<String, Object> expected = expected(file, load, steps);
    Map<String, Object> document = file.values();
    document.put("expect", expected);
    return new DrillSpec(name, load, steps, document);
  }

  private void enoughWebMachines(YamlMap file) throws Refused {
    int needed = webMachines(file);
    int there = settings.group("web").size();
    if (needed > there) {
      throw file.refused(
          "web_machines",
          "the drill needs %d web machines, the inventory has %d: see inventory/web-pair.yml"
              .formatted(needed, there));
    }
  }

  private Load load(YamlMap load) throws Refused {
    load.only("plan", "rate", "patience_s", "tries", "duration_s");
    String plan = load.optionalText("plan");
    Map<String, List<String>> mixes = settings.load().mixes();
    if (plan != null && !mixes.containsKey(plan)) {
      throw load.refused("plan", oneOf("plan", plan, mixes.keySet()));
    }
    Integer tries = load.optionalNumber("tries", 1, MOST_TRIES);
    Load read =
        new Load(
            plan == null ? "search" : plan,
            load.number("rate", 1, MOST_RATE),
            load.optionalNumber("patience_s", 1, DAY_S),
            tries == null ? 1 : tries,
            load.number("duration_s", 1, DAY_S));
    if ((long) read.rate() * read.durationS() > MOST_REQUESTS) {
      throw load.refused(
          "duration_s",
          "a load has at most %d requests, and rate times duration_s is more"
              .formatted(MOST_REQUESTS));
    }
    return read;
  }

  private static String oneOf(String what, String given, Iterable<String> known) {
    TreeSet<String> names = new TreeSet<>();
    known.forEach(names::add);
    return "there is no %s %s; there are: %s".formatted(what, given, String.join(", ", names));
  }

  private Settings.Gap gap(YamlMap file) throws Refused {
    String name = file.text("gap");
    Settings.Gap gap = settings.gaps().get(name);
    if (gap == null) {
      throw file.refused("gap", oneOf("gap", name, settings.gaps().keySet()));
    }
    return gap;
  }

  /** What the file expects, and the limits of the gaps. */
  private Map<String, Object> expected(YamlMap file, Load load, List<Step> steps) throws Refused {
    YamlMap expect =
        file.map("expect")
            .only(
                "failed_reads_max",
                "failed_writes_max",
                "unknown_writes_max",
                "p99_ms_max",
                "returned_share_min",
                "returned_within_s");
    expect.number("failed_reads_max", 0, MOST_REQUESTS);
    expect.optionalNumber("failed_writes_max", 0, MOST_REQUESTS);
    expect.optionalNumber("unknown_writes_max", 0, MOST_REQUESTS);
    expect.optionalNumber("p99_ms_max", 1, DAY_S * 1000);
    returned(expect, load, steps);
    Settings.Gap gap = gap(file);
    Map<String, Object> expected = expect.values();
    expected.put("gap_reads_ms_max", Math.round(gap.readsMs()));
    if (gap.writesMs() != null) {
      expected.put("gap_writes_ms_max", Math.round(gap.writesMs()));
    }
    return expected;
  }

  private static void returned(YamlMap expect, Load load, List<Step> steps) throws Refused {
    Integer withinS = expect.optionalNumber("returned_within_s", 0, DAY_S);
    Double share = expect.optionalFraction("returned_share_min");
    if (withinS == null && share == null) {
      return;
    }
    if (withinS == null || share == null) {
      throw expect.refused(
          withinS == null ? "returned_share_min" : "returned_within_s",
          "returned_share_min and returned_within_s need each other");
    }
    List<Integer> healed =
        steps.stream().map(Step::healAtS).filter(second -> second != null).toList();
    if (healed.isEmpty()) {
      throw expect.refused("returned_share_min", "returned_share_min needs a step with heal_at_s");
    }
    for (int second : healed) {
      if (second + withinS >= load.durationS()) {
        throw expect.refused(
            "returned_within_s",
            "heal_at_s (%d) and returned_within_s (%d) together must be below duration_s (%d)"
                .formatted(second, withinS, load.durationS()));
      }
    }
  }

  /** The names of all drills in the folder, in order. */
  static List<String> names(Path folder) throws Refused {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".yml"))
          .map(name -> name.substring(0, name.length() - ".yml".length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new Refused("the drills in %s can't be listed: %s".formatted(folder, e.getMessage()));
    }
  }
}
