package holdfast.loadtest.engine;

import holdfast.loadtest.machine.Machines;
import holdfast.loadtest.machine.Machines.Output;
import holdfast.loadtest.machine.Processes;
import holdfast.loadtest.machine.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Uses the script and the rules of {@code lab/status}: every machine runs the script, and the rules
 * on the controller turn the answers into problems.
 */
record AskedHealth(Settings.Health how, Machines machines, Time time) implements HealthCheck {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Override
  public Health ask() throws InterruptedException {
    try {
      ObjectNode asked = SnakeCase.MAPPER.createObjectNode();
      asked.set("expected", how.expected());
      asked.set("answers", SnakeCase.MAPPER.valueToTree(answers()));
      List<String> judge = List.of("python3", how.judge().toString());
      Output said = Processes.run(judge, asked.toString(), PATIENCE);
      if (said.code() != 0) {
        throw new IOException(said.complaint());
      }
      return SnakeCase.MAPPER.readValue(said.text(), Health.class);
    } catch (IOException | JacksonException e) {
      return new Health(
          List.of("the system's health can't be judged: " + e.getMessage()),
          "",
          List.of(),
          Map.of());
    }
  }

  private Map<String, Map<String, Object>> answers() throws IOException, InterruptedException {
    String script = Files.readString(how.ask());
    return Parallel.each(how.questions().keySet(), machine -> answer(machine, script));
  }

  /**
   * The machine's answer in the form of an Ansible task's result, because the rules expect this
   * form.
   */
  private Map<String, Object> answer(String machine, String script) throws InterruptedException {
    JsonNode question = how.questions().get(machine);
    ObjectNode now = ((ObjectNode) question).deepCopy();
    now.put("asked", time.nowMs() / 1000.0);
    try {
      Output said =
          machines.run(machine, List.of("python3", "-", now.toString()), script, PATIENCE);
      return Map.of("stdout", said.text(), "stderr", said.error());
    } catch (IOException e) {
      return Map.of("unreachable", true, "msg", String.valueOf(e.getMessage()));
    }
  }
}
