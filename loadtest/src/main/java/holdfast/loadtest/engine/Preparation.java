package holdfast.loadtest.engine;

import holdfast.loadtest.machine.Machines;
import holdfast.loadtest.machine.Machines.Output;
import holdfast.loadtest.machine.Machines.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What comes before a drill's load: a whole system, targets that run, warm services. */
record Preparation(Equipment equipment, DrillSpec spec) {

  /** A core that has served fewer requests is cold. After a drill, at least one core is warm. */
  private static final double WARM_REQUESTS = 400;

  private static final Pattern SERVED =
      Pattern.compile("(?m)^http_server_requests_seconds_count[{].*[}] (.*)$");

  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final long LOOK_EVERY_MS = 1000;

  /** Waits until the system is whole, or the time for healing is over. Returns the last answer. */
  Health awaitHealth() throws InterruptedException {
    Health[] seen = new Health[1];
    equipment
        .time()
        .until(
            () -> (seen[0] = equipment.health().ask()).whole(),
            equipment.settings().healing(),
            LOOK_EVERY_MS);
    return seen[0];
  }

  /** Returns the steps with their machines. Adds to problems what keeps a fault from happening. */
  List<Step> targets(Health now, List<String> problems) throws InterruptedException {
    List<Step> steps = new Targets(equipment.settings()).resolve(spec, now, problems);
    for (Step step : steps) {
      if (step.unit() != null && !runs(step.host(), step.unit())) {
        problems.add(
            "step %d: %s does not run on %s, so the fault would have no effect"
                .formatted(step.index() + 1, step.unit(), step.host()));
      }
    }
    return steps;
  }

  private boolean runs(String host, String unit) throws InterruptedException {
    List<String> command =
        List.of("systemctl", "show", "--property=ActiveState,MainPID", "--", unit);
    try {
      Output said = equipment.machines().run(host, command, "", ANSWER);
      List<String> lines = said.text().lines().toList();
      return lines.contains("ActiveState=active") && !lines.contains("MainPID=0");
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Waits until the system is whole and its services are warm.
   *
   * @param problems gets each reason why the drill can't begin
   * @return the system as the load will meet it
   */
  Health warmSystem(Path folder, List<String> problems) throws InterruptedException {
    Health now = awaitHealth();
    try {
      if (now.whole() && warmedUp(folder)) {
        now = awaitHealth(); // the leader may have changed meanwhile
      }
    } catch (IOException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    problems.addAll(now.problems());
    return now;
  }

  /**
   * Checks that no role has moved since the targets were chosen. Otherwise a drill that should kill
   * the leader could kill a replica.
   *
   * @throws IOException if a role has moved
   */
  void mustHaveTheSameRoles(Health before) throws IOException, InterruptedException {
    Health now = equipment.health().ask();
    if (!now.leader().equals(before.leader()) || !now.vipHolders().equals(before.vipHolders())) {
      throw new IOException(
          "a role has moved since the targets were chosen: the leader was %s and is %s, VIPs were %s and are %s"
              .formatted(before.leader(), now.leader(), before.vipHolders(), now.vipHolders()));
    }
  }

  /** After a start of all services the first drill would measure how they compile their code. */
  private boolean warmedUp(Path folder) throws IOException, InterruptedException {
    List<Double> served = new ArrayList<>();
    for (String machine : equipment.settings().group("core")) {
      served.add(served(machine));
    }
    boolean cold = served.stream().allMatch(count -> count < WARM_REQUESTS);
    if (cold) {
      equipment.tell().accept("warm the services up with a load that isn't judged");
      equipment.load().warmUp(folder);
    }
    return cold;
  }

  private double served(String machine) throws IOException, InterruptedException {
    Machines machines = equipment.machines();
    Output answer =
        machines.http(machine, Service.CORE_MANAGEMENT, "/actuator/prometheus", null, ANSWER);
    Matcher counts = SERVED.matcher(answer.text());
    return counts.results().mapToDouble(count -> Double.parseDouble(count.group(1))).sum();
  }
}
