package holdfast.loadtest.verdict;

import holdfast.loadtest.fault.FaultKind;
import holdfast.loadtest.history.History;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.history.RequestKind;
import holdfast.loadtest.history.ServedRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A sample run: ten requests per second for two seconds, a fault at 1 s, healing at 2 s. */
public final class Runs {

  public static final long START = 1_800_000_000_000L;
  public static final Expectations PROMISE =
      promising(new Promises(0L, 0L, 1000L, null, null, null, null, null));
  public static final Expectations NO_PROMISE = promising(Promises.NONE);
  public static final Run RUN = run(true, List.of(), true, List.of());

  private Runs() {}

  public static Expectations promising(Promises promised) {
    return new Expectations(List.of(new Expectations.Step(1.0, null)), promised);
  }

  public static Run endedAt(long ms) {
    return whole(ms, RUN.load());
  }

  public static Run lasting(long seconds) {
    return whole(seconds * 1000, new Run.Load(10, seconds));
  }

  private static Run whole(long endedMs, Run.Load load) {
    return new Run(
        RUN.drill(),
        START,
        START + endedMs,
        true,
        List.of(),
        true,
        List.of(),
        load,
        RUN.faultLateMaxS(),
        RUN.apps(),
        RUN.databases(),
        RUN.machines(),
        RUN.leader(),
        RUN.vipHolders(),
        RUN.version());
  }

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
        7,
        Map.of("app1", "10.0.0.1:8082", "app2", "10.0.0.2:8083"),
        Map.of("db1", "10.0.1.1", "db2", "10.0.1.2"),
        List.of("app1", "app2", "db1", "db2", "web1"),
        "db2",
        Map.of("vip", "lb1"),
        "1.2.3");
  }

  public static List<Event> events() {
    return List.of(
        event(1000, Event.Kind.INJECT),
        event(1100, Event.Kind.PROVED),
        event(1990, Event.Kind.HELD),
        event(2000, Event.Kind.HEAL),
        event(2500, Event.Kind.HEALED));
  }

  public static Event event(long ms, Event.Kind kind) {
    return new Event(START + ms, kind, 0, "replica", "db2", "patroni", "text", FaultKind.STOP);
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
        RequestKind.READ,
        "read search",
        dueMs / 100 + 1,
        START + dueMs,
        sent,
        sent + elapsedMs,
        good,
        good ? "200" : "502",
        good ? "" : failure,
        false);
  }

  /** A write with an answer after 10 ms: 200, or 503 as a refusal. */
  public static Request write(long dueMs, boolean good) {
    return write("write post", dueMs / 100 + 1, dueMs, good ? "200" : "503");
  }

  public static Request write(String label, long number, long dueMs, String code) {
    long at = START + dueMs;
    return new Request(
        RequestKind.WRITE, label, number, at, at, at + 10, code.equals("200"), code, "", false);
  }

  /** The same request, but as a retry. */
  public static Request again(Request once) {
    return new Request(
        once.kind(),
        once.label(),
        once.number(),
        once.dueMs(),
        once.sentMs(),
        once.endMs(),
        once.good(),
        once.code(),
        once.failure(),
        true);
  }

  public static History history(List<Request> requests) {
    return new History(
        requests, served(requests.size()), List.of(new ServedRequest(START + 10, "db2")));
  }

  public static History stored(List<Request> requests, Map<String, Long> stored) {
    History history = history(requests);
    return new History(requests, history.byApp(), history.byDatabase(), stored);
  }

  /** Ten requests per second, served by app1 and app2 in turn. */
  public static List<ServedRequest> served(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new ServedRequest(START + i * 100L + 32, i % 2 == 0 ? "app1" : "app2"))
        .toList();
  }
}
