package holdfast.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AskedHealthTest {

  private static final JsonMapper MAPPER = new JsonMapper();

  @TempDir Path folder;

  /** Runs a Python judge on the answers of the machines in memory. */
  private Health ask(String judge) throws Exception {
    FakeSystem system = new FakeSystem(folder);
    Map<String, JsonNode> questions =
        system.settings.machines().keySet().stream()
            .collect(Collectors.toMap(name -> name, name -> MAPPER.createObjectNode()));
    Settings.Health how =
        new Settings.Health(
            Files.writeString(folder.resolve("ask.py"), "the script"),
            Files.writeString(folder.resolve("judge.py"), judge),
            questions,
            MAPPER.createObjectNode());
    return new AskedHealth(how, system, system).ask();
  }

  @Test
  void understandsTheJudge() throws Exception {
    String judge =
        """
        import json, sys
        asked = json.load(sys.stdin)
        print(json.dumps({"problems": [], "leader": "db1", "standbys": sorted(asked["answers"])[:1],
                          "vip_holders": {"vip": "lb1"}}))
        """;
    assertThat(ask(judge))
        .isEqualTo(new Health(List.of(), "db1", List.of("app1"), Map.of("vip", "lb1")));
  }

  @Test
  void takesAJudgeThatFailsForAProblem() throws Exception {
    assertThat(ask("raise SystemExit('no such rule')").problems())
        .containsExactly("the system's health can't be judged: no such rule");
    assertThat(ask("print('{}')").whole()).isFalse();
  }
}
