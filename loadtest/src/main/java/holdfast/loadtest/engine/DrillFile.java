package holdfast.loadtest.engine;

import holdfast.loadtest.engine.DrillSpec.Load;
import holdfast.loadtest.engine.DrillSpec.Step;
import holdfast.loadtest.fault.FaultKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a drill's file and refuses what can't be drilled, with the file, the line and what is
 * allowed. Nothing of it asks a machine.
 */
final class DrillFile {

  private static final Pattern MOMENT =
      Pattern.compile("(copying|copied|started|streaming)([+][0-9]+([.][0-9]+)?)?|placed");

  private static final String MOMENTS =
      "placed, or copying, copied, started or streaming, with or without +SECONDS";

  private final Path path;
  private final Settings settings;
  private final Targets targets;

  DrillFile(Path path, Settings settings) {
    this.path = path;
    this.settings = settings;
    this.targets = new Targets(settings);
  }

  /** How many web machines a drill needs. */
  static int webMachines(Path path) throws Refused {
    Integer number = YamlMap.read(path).optionalNumber("web_machines");
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
    List<Step> steps = steps(file, load);
    expect(file, steps);
    return new DrillSpec(name, load, steps, document(gap(file)));
  }

  private void enoughWebMachines(YamlMap file) throws Refused {
    Integer needed = file.optionalNumber("web_machines");
    int there = settings.group("web").size();
    if (needed != null && needed > there) {
      throw file.refused(
          "web_machines",
          "it needs %d web machines, the inventory has %d: see inventory/web-pair.yml"
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
    Integer tries = load.optionalNumber("tries");
    Load read =
        new Load(
            plan == null ? "search" : plan,
            load.number("rate"),
            load.optionalNumber("patience_s"),
            tries == null ? 1 : tries,
            load.number("duration_s"));
    above0(load, "rate", read.rate());
    above0(load, "duration_s", read.durationS());
    above0(load, "patience_s", read.patienceS());
    above0(load, "tries", read.tries());
    return read;
  }

  private static void above0(YamlMap map, String key, @Nullable Integer number) throws Refused {
    if (number != null && number <= 0) {
      throw map.refused(key, key + " must be above 0");
    }
  }

  private static String oneOf(String what, String given, Iterable<String> known) {
    TreeSet<String> names = new TreeSet<>();
    known.forEach(names::add);
    return "there is no %s %s; there are: %s".formatted(what, given, String.join(", ", names));
  }

  private List<Step> steps(YamlMap file, Load load) throws Refused {
    List<Step> steps = new ArrayList<>();
    int earlierS = 0;
    for (YamlMap map : file.maps("steps")) {
      Step step = step(map, steps.size());
      inLoad(map, "at_s", step.atS(), load);
      inLoad(map, "heal_at_s", step.healAtS(), load);
      if (step.atS() < earlierS) {
        throw map.refused("at_s", "the steps must stand in the order of their at_s");
      }
      if (step.healAtS() != null && step.healAtS() <= step.atS()) {
        throw map.refused("heal_at_s", "heal_at_s must be after at_s");
      }
      fits(map, step);
      earlierS = step.atS();
      steps.add(step);
    }
    return steps;
  }

  private Step step(YamlMap map, int index) throws Refused {
    map.only("at_s", "heal_at_s", "action", "target", "number", "unit", "process", "moment");
    Integer number = map.optionalNumber("number");
    String moment = map.optionalText("moment");
    if (moment != null && settings.moment() != null) {
      moment = settings.moment();
    }
    return new Step(
        index,
        map.number("at_s"),
        map.optionalNumber("heal_at_s"),
        action(map),
        map.text("target"),
        number == null ? 1 : number,
        map.optionalText("unit"),
        map.optionalText("process"),
        moment);
  }

  private static FaultKind action(YamlMap map) throws Refused {
    try {
      return FaultKind.of(map.text("action"));
    } catch (IllegalArgumentException e) {
      throw map.refused("action", String.valueOf(e.getMessage()));
    }
  }

  private static void inLoad(YamlMap map, String key, @Nullable Integer second, Load load)
      throws Refused {
    if (second != null && (second <= 0 || second >= load.durationS())) {
      throw map.refused(
          key,
          "every at_s and heal_at_s lies above 0 and below duration_s (%d)"
              .formatted(load.durationS()));
    }
  }

  private void fits(YamlMap map, Step step) throws Refused {
    FaultKind kind = step.action();
    if (kind.needsUnit() && step.unit() == null) {
      throw map.refused("action", kind.key() + " needs a unit");
    }
    if (step.process() != null && !kind.takesProcess()) {
      throw map.refused("process", "a process narrows only kill and freeze");
    }
    if (step.moment() != null) {
      momentFits(map, step);
    }
    List<String> missing =
        kind.verbs().stream()
            .filter(verb -> !settings.machineCommands().containsKey(verb))
            .toList();
    if (!missing.isEmpty()) {
      throw map.refused("action", noPlug(kind));
    }
    String wrong = targets.refusal(step);
    if (wrong != null) {
      throw map.refused("target", wrong);
    }
  }

  private static void momentFits(YamlMap map, Step step) throws Refused {
    if (!step.action().takesMoment() || !step.target().equals("replica") || step.unit() == null) {
      throw map.refused("moment", "a moment is for poweroff of a replica, with its unit");
    }
    if (!MOMENT.matcher(String.valueOf(step.moment())).matches()) {
      throw map.refused(
          "moment", "there is no moment %s: it is %s".formatted(step.moment(), MOMENTS));
    }
  }

  private static String noPlug(FaultKind kind) {
    return """
    %s needs drill_machine_commands.%s, each the words of a command on the controller to which \
    the machine's name is added (as `virsh destroy`, or IPMI): set them in the inventory, beside \
    drills_allowed\
    """
        .formatted(kind.key(), String.join(" and .", kind.verbs()));
  }

  private Settings.Gap gap(YamlMap file) throws Refused {
    String name = file.text("gap");
    Settings.Gap gap = settings.gaps().get(name);
    if (gap == null) {
      throw file.refused("gap", oneOf("gap", name, settings.gaps().keySet()));
    }
    return gap;
  }

  private static void expect(YamlMap file, List<Step> steps) throws Refused {
    YamlMap expect =
        file.map("expect")
            .only(
                "failed_reads_max",
                "failed_writes_max",
                "unknown_writes_max",
                "p99_ms_max",
                "returned_share_min",
                "returned_within_s");
    expect.number("failed_reads_max");
    for (String key : List.of("failed_writes_max", "unknown_writes_max", "p99_ms_max")) {
      expect.optionalNumber(key);
    }
    Integer withinS = expect.optionalNumber("returned_within_s");
    Double share = expect.optionalFraction("returned_share_min");
    if ((withinS == null) != (share == null)) {
      throw file.refused("expect", "returned_share_min and returned_within_s need each other");
    }
    if (share != null && (share < 0 || share > 1)) {
      throw expect.refused("returned_share_min", "returned_share_min lies between 0 and 1");
    }
    if (share != null && steps.stream().allMatch(step -> step.healAtS() == null)) {
      throw expect.refused("returned_share_min", "returned_share_min needs a step with heal_at_s");
    }
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> document(Settings.Gap gap) throws Refused {
    Map<String, Object> document = new LinkedHashMap<>(YamlMap.values(path));
    Map<String, Object> expect = new LinkedHashMap<>((Map<String, Object>) document.get("expect"));
    expect.put("gap_reads_ms_max", Math.round(gap.readsMs()));
    if (gap.writesMs() != null) {
      expect.put("gap_writes_ms_max", Math.round(gap.writesMs()));
    }
    document.put("expect", expect);
    return document;
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
