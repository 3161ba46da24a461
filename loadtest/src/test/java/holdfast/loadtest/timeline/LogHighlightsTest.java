package holdfast.loadtest.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.loadtest.logs.LogLine;
import holdfast.loadtest.verdict.Runs;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogHighlightsTest {

  private final List<LogLine> lines = new ArrayList<>();

  @Test
  void keepsImportantLinesWithoutTheirTimestamps() {
    say(
        1100,
        "db2",
        "patroni",
        "2027-01-15 08:00:01.000 UTC [3] LOG:  received fast shutdown request");
    say(1150, "db2", "patroni", "2027-01-15 08:00:01.050 UTC [4] FATAL:  terminating connection");
    say(1200, "lb1", "haproxy", "Server primary/db2 is DOWN. 0 active");
    say(1200, "lb1", "haproxy", "Backup Server replicas/db2-primary is DOWN via primary/db2.");
    say(
        1300,
        "db1",
        "etcd",
        "{\"level\":\"info\",\"msg\":\"raft.node: 1 elected leader 2 at term 3\"}");
    say(1400, "db2", "init.scope", "Stopped patroni.service - Runners");
    say(1450, "db2", "init.scope", "Started holdfast-drill.service - echo");
    assertThat(texts())
        .containsExactly(
            "received fast shutdown request",
            "Server primary/db2 is DOWN. 0 active",
            "raft.node: 1 elected leader 2 at term 3",
            "Stopped patroni.service - Runners");
    assertThat(highlights().getLast().unit()).isEqualTo("systemd");
  }

  @Test
  void appliesEachRuleOnlyToItsOwnUnits() {
    say(1100, "web1", "nginx", "{\"access\":true,\"uri\":\"/search?q=elected leader\"}");
    say(1100, "app1", "core", "{\"access\":true,\"uri\":\"(x) Entering MASTER STATE\"}");
    assertThat(texts()).isEmpty();
  }

  @Test
  void showsTheOwnerOfTheLockOnlyWhenItChanges() {
    for (String owner : List.of("db2", "db2", "db1", "db1")) {
      say(
          1200,
          "db3",
          "patroni",
          "2027-01-15 08:00:01,200 INFO: Lock owner: " + owner + "; I am db3");
    }
    assertThat(texts()).containsExactly("Lock owner: db1; I am db3");
  }

  @Test
  void countsRepeatedLinesOfAMachine() {
    say(1100, "lb1", "keepalived", "(address) Entering BACKUP STATE");
    say(1110, "lb2", "keepalived", "(address) Entering MASTER STATE");
    say(1120, "lb1", "keepalived", "(address) Entering BACKUP STATE");
    say(1130, "lb1", "keepalived", "(address) Entering MASTER STATE");
    say(1140, "lb1", "keepalived", "(address) Entering BACKUP STATE");
    assertThat(highlights()).extracting(LogHighlight::count).containsExactly(2, 1, 1, 1);
  }

  @Test
  void leavesOutLinesLongBeforeTheFaultOrLongAfterTheHealing() {
    for (long ms : List.of(-1L, 0L, 12_500L, 12_501L)) {
      say(ms, "lb1", "haproxy", "Server primary/db2 is UP, at " + ms);
    }
    assertThat(texts())
        .containsExactly("Server primary/db2 is UP, at 0", "Server primary/db2 is UP, at 12500");
  }

  @Test
  void keepsTheMostImportantLinesAndShortensThem() {
    for (int i = 0; i < 50; i++) {
      say(1100 + i, "lb1", "haproxy", "Server chat/app1 is DOWN, " + i + "x".repeat(300));
    }
    say(1200, "lb1", "haproxy", "Server primary/db2 is DOWN");
    assertThat(texts()).hasSize(40).allMatch(text -> text.length() <= 200);
    assertThat(texts().getLast()).isEqualTo("Server primary/db2 is DOWN");
    assertThat(texts().getFirst()).endsWith("…");
  }

  private List<String> texts() {
    return highlights().stream().map(LogHighlight::text).toList();
  }

  private List<LogHighlight> highlights() {
    return LogHighlights.of(lines, Runs.RUN, Runs.events());
  }

  private void say(long ms, String machine, String unit, String message) {
    lines.add(new LogLine((Runs.START + ms) * 1000, machine, unit, message));
  }
}
