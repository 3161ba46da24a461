package holdfast.loadtest.fault;

import holdfast.loadtest.machine.Machines.Output;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A fault that fault.py injects, proves and heals on the faulty machine. */
record OnMachine(String kind) implements Fault {

  /** Longer than fault.py's INJECT_DEADLINE_S: the slowest of its faults is a replica's copy. */
  private static final Duration INJECTION = Duration.ofSeconds(400);

  /** Longer than fault.py waits: at most three times 60 s, for psql or for a unit. */
  private static final Duration OTHERS = Duration.ofSeconds(200);

  private static final JsonMapper MAPPER = new JsonMapper();

  @Override
  public Proof inject(Tools tools, Target target)
      throws IOException, FaultFailed, InterruptedException {
    return ask(tools, target, "inject", null);
  }

  @Override
  public Proof held(Tools tools, Target target, @Nullable JsonNode state)
      throws IOException, FaultFailed, InterruptedException {
    return ask(tools, target, "held", state);
  }

  @Override
  public Proof heal(Tools tools, Target target)
      throws IOException, FaultFailed, InterruptedException {
    return ask(tools, target, "heal", null);
  }

  @Override
  public Proof healed(Tools tools, Target target)
      throws IOException, FaultFailed, InterruptedException {
    return ask(tools, target, "healed", null);
  }

  private Proof ask(Tools tools, Target target, String what, @Nullable JsonNode state)
      throws IOException, FaultFailed, InterruptedException {
    String narrowed = target.moment() != null ? target.moment() : target.process();
    List<String> command =
        List.of(
            "python3",
            "-",
            what,
            kind,
            Objects.requireNonNullElse(target.unit(), ""),
            Objects.requireNonNullElse(narrowed, ""),
            tools.dataDir(),
            state == null ? "null" : state.toString());
    Duration patience = what.equals("inject") ? INJECTION : OTHERS;
    Output said = tools.machines().run(target.host(), command, tools.script(), patience);
    if (said.code() != 0) {
      throw failed(target, what, said.complaint());
    }
    return parsed(target, what, said.text());
  }

  private Proof parsed(Target target, String what, String said) throws FaultFailed {
    try {
      JsonNode proof = MAPPER.readTree(said);
      JsonNode atMs = proof.path("at_ms");
      JsonNode state = proof.path("state");
      return new Proof(
          proof.required("text").asString(),
          atMs.isNumber() ? atMs.longValue() : null,
          state.isMissingNode() || state.isNull() ? null : state);
    } catch (JacksonException | IllegalArgumentException e) {
      throw failed(target, what, "fault.py answers " + said.strip());
    }
  }

  private FaultFailed failed(Target target, String what, String why) {
    return new FaultFailed("%s on %s, %s: %s".formatted(kind, target.host(), what, why));
  }
}
