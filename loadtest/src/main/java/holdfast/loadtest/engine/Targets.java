package holdfast.loadtest.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the machines that the names of a drill's targets mean. */
final class Targets {

  static final String ANY_OF = "any of ";
  private static final String HOLDER = "_holder";
  private static final String BACKUP = "_backup";

  private final Settings settings;
  private final RandomGenerator random;

  Targets(Settings settings) {
    this(settings, RandomGenerator.getDefault());
  }

  Targets(Settings settings, RandomGenerator random) {
    this.settings = settings;
    this.random = random;
  }

  /** Why the inventory can't have such a target, whatever the roles are; null if it can. */
  @Nullable String refusal(DrillSpec.Step step) {
    int most = most(step.target());
    return step.number() >= 1 && step.number() <= most
        ? null
        : """
        the target %s%s is neither a role (leader, replica, sync_standby, %s) nor a machine, a \
        group or `any of` a group of the inventory; a number, from 1, picks one of several \
        machines\
        """
            .formatted(
                step.target(), step.number() == 1 ? "" : " number " + step.number(), vipRoles());
  }

  private String vipRoles() {
    return settings.vips().keySet().stream()
        .map(vip -> vip + HOLDER + " or " + vip + BACKUP)
        .collect(Collectors.joining(", "));
  }

  /** How many machines a target may mean at most. */
  private int most(String target) {
    List<String> databases = settings.group("database");
    return switch (target) {
      case "leader" -> 1;
      case "replica", "sync_standby" -> databases.size() - 1;
      default -> {
        Settings.Vip vip = settings.vips().get(vipOf(target));
        if (vip != null && target.endsWith(HOLDER)) {
          yield 1;
        }
        if (vip != null && target.endsWith(BACKUP)) {
          yield vip.machines().size() - 1;
        }
        yield settings.machines().containsKey(target) ? 1 : settings.group(groupOf(target)).size();
      }
    };
  }

  private static String vipOf(String target) {
    int end = target.lastIndexOf('_');
    return end < 0 ? "" : target.substring(0, end);
  }

  private static String groupOf(String target) {
    return target.startsWith(ANY_OF) ? target.substring(ANY_OF.length()) : target;
  }

  /**
   * The steps with their machines, as the roles are now. A step without a machine is left out and
   * becomes a problem.
   */
  List<Step> resolve(DrillSpec spec, Health now, List<String> problems) {
    List<Step> steps = new ArrayList<>();
    for (DrillSpec.Step step : spec.steps()) {
      List<String> candidates = candidates(step.target(), now);
      if (step.number() > candidates.size()) {
        problems.add(
            "step %d: there is no %s number %d"
                .formatted(step.index() + 1, step.target(), step.number()));
      } else {
        int place =
            step.target().startsWith(ANY_OF)
                ? random.nextInt(candidates.size())
                : step.number() - 1;
        steps.add(Step.of(step, candidates.get(place)));
      }
    }
    return steps;
  }

  private List<String> candidates(String target, Health now) {
    List<String> databases = settings.group("database");
    return switch (target) {
      case "leader" -> now.leader().isEmpty() ? List.of() : List.of(now.leader());
      case "replica" -> databases.stream().filter(name -> !name.equals(now.leader())).toList();
      case "sync_standby" -> now.standbys();
      default -> {
        Settings.Vip vip = settings.vips().get(vipOf(target));
        String holder = now.vipHolders().get(vipOf(target));
        if (vip != null && target.endsWith(HOLDER)) {
          yield holder == null ? List.of() : List.of(holder);
        }
        if (vip != null && target.endsWith(BACKUP)) {
          yield vip.machines().stream().filter(name -> !name.equals(holder)).toList();
        }
        yield settings.machines().containsKey(target)
            ? List.of(target)
            : settings.group(groupOf(target));
      }
    };
  }
}
