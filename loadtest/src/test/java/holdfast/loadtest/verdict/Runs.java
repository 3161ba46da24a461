package holdfast.loadtest.verdict;

import holdfast.loadtest.history.History;
import holdfast.loadtest.history.Kind;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.history.Served;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hand-made: ten requests a second for two seconds, a fault at 1 s, healing at 2 s. */
public final class Runs {

  public static final long START = 1_800_000_000_000L;
  public static final Expectations PROMISE = new Expectations(1, 0L, 1000L);
  public static final Run RUN = run(true, List.of(), true, List.of());

  private Runs() {}

  public static Run run(
      boolean healthy, List<String> unhealthy, boolean healed, List<String> notHealed) {
    return new Run(
        "stop-something",
        START,
        START + 2000,
        healthy,
        unhealthy,
        healed,
        notHealed,
        new Run.Load(10, 2),
        Map.of("app1", "10.0.0.1:8082", "app2", "10.0.0.2:8083"),
        Map.of("db1", "10.0.1.1", "db2", "10.0.1.2"));
  }

  public static List<Event> events() {
    return List.of(
        event(1000, Event.Kind.INJECT),
        event(1100, Event.Kind.PROVED),
        event(2000, Event.Kind.HEAL),
        event(2500, Event.Kind.HEALED));
  }

  public static Event event(long second, Event.Kind kind) {
    return new Event(START + second, kind, 1, "replica", "db2", "patroni", "text");
  }

  public static List<Request> goodReads(int count) {
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(read(i * 100, 2, 30, null));
    }
    return requests;
  }

  public static Request read(long dueMs, long lagMs, long elapsedMs, @Nullable String failure) {
    long sent = START + dueMs + lagMs;
    boolean good = failure == null;
    return new Request(
        Kind.READ,
        START + dueMs,
        sent,
        sent + elapsedMs,
        good,
        good ? "200" : "502",
        good ? "" : failure);
  }

  public static History history(List<Request> requests) {
    return new History(
        requests,
        List.of(
            new Served(START + 10, "app1"),
            new Served(START + 999, "app2"),
            new Served(START + 1000, "app1"),
            new Served(START + 2000, "app2")),
        List.of(new Served(START + 10, "db2")));
  }
}
