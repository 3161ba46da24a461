package holdfast.loadtest.fault;

import holdfast.loadtest.machine.Machines.Output;
import holdfast.loadtest.machine.Machines.Service;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Patroni's own change of the leader. The target is the leader that hands over. */
record Switchover() implements Fault {

  /** Patroni answers when the new leader is there, or says why there is none. */
  private static final Duration HANDING_OVER = Duration.ofSeconds(30);

  private static final Duration TOLD_WITHIN = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final JsonMapper MAPPER = new JsonMapper();

  @Override
  public Proof inject(Tools tools, Target target)
      throws IOException, FaultFailed, InterruptedException {
    String order = MAPPER.createObjectNode().put("leader", target.host()).toString();
    Output answer =
        tools.machines().http(target.host(), Service.PATRONI, "/switchover", order, HANDING_OVER);
    if (answer.code() != 200) {
      throw new FaultFailed("Patroni refuses the switchover: " + answer.complaint());
    }
    return held(tools, target, null);
  }

  @Override
  public Proof held(Tools tools, Target target, @Nullable JsonNode state)
      throws FaultFailed, InterruptedException {
    String[] leader = {""};
    boolean another =
        tools
            .time()
            .until(
                () -> {
                  List<String> leaders = leaders(tools, target.host());
                  leader[0] = String.join(", ", leaders);
                  return leaders.size() == 1 && !leaders.contains(target.host());
                },
                TOLD_WITHIN,
                500);
    if (!another) {
      throw new FaultFailed("no other member leads; leader: " + leader[0]);
    }
    return Proof.of(leader[0] + " leads");
  }

  private static List<String> leaders(Tools tools, String host) throws InterruptedException {
    try {
      Output answer = tools.machines().http(host, Service.PATRONI, "/cluster", null, ANSWER);
      return MAPPER.readTree(answer.text()).path("members").values().stream()
          .filter(member -> member.path("role").asString("").equals("leader"))
          .map(member -> member.path("name").asString(""))
          .toList();
    } catch (IOException | JacksonException e) {
      return List.of();
    }
  }

  @Override
  public Proof heal(Tools tools, Target target) {
    return Proof.of("nothing to heal");
  }

  @Override
  public Proof healed(Tools tools, Target target) {
    return Proof.of("nothing to heal");
  }
}
