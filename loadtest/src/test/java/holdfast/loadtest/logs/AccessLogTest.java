package holdfast.loadtest.logs;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.loadtest.history.ServedRequest;
import holdfast.loadtest.verdict.Runs;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessLogTest {

  @Test
  void takesTheLastUpstreamAsTheNodeThatServed() {
    assertThat(
            AccessLog.byApp(
                List.of(
                    nginx(100, "10.0.0.1:8082"),
                    nginx(200, "10.0.0.1:8082, 10.0.0.2:8083"),
                    nginx(300, "10.0.0.2:8083 : 10.0.0.1:8082")),
                Runs.RUN))
        .containsExactly(served(100, "app1"), served(200, "app2"), served(300, "app1"));
  }

  @Test
  void ignoresOtherTimesOtherUnitsAndOtherLines() {
    assertThat(
            AccessLog.byApp(
                List.of(
                    nginx(-1, "10.0.0.1:8082"),
                    nginx(2001, "10.0.0.1:8082"),
                    nginx(100, "-"),
                    nginx(100, "10.9.9.9:1"),
                    line(100, "nginx", "{ broken"),
                    line(100, "nginx", "{\"upstreams\":\"10.0.0.1:8082\"}"),
                    line(100, "core", "{\"access\":true,\"upstreams\":\"10.0.0.1:8082\"}")),
                Runs.RUN))
        .isEmpty();
  }

  @Test
  void namesTheDatabaseThatAnsweredCore() {
    assertThat(
            AccessLog.byDatabase(
                List.of(
                    line(5, "core", "{\"access\":true,\"db\":\"10.0.1.2\"}"),
                    line(6, "core", "{\"access\":true,\"db\":null}")),
                Runs.RUN))
        .containsExactly(served(5, "db2"));
  }

  private static ServedRequest served(long ms, String node) {
    return new ServedRequest(Runs.START + ms, node);
  }

  private static LogLine nginx(long ms, String upstreams) {
    return line(ms, "nginx", "{\"access\":true,\"upstreams\":\"" + upstreams + "\"}");
  }

  private static LogLine line(long ms, String unit, String message) {
    return new LogLine((Runs.START + ms) * 1000, "web1", unit, message);
  }
}
