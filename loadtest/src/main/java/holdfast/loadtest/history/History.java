package holdfast.loadtest.history;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that was asked, who answered, and what the database holds of it.
 *
 * @param requests in the order in which they were due
 * @param byApp requests that reached the app nodes
 * @param byDatabase requests that reached the databases
 * @param stored how often the primary holds each text in the end; null when nobody looked
 */
public record History(
    List<Request> requests,
    List<ServedRequest> byApp,
    List<ServedRequest> byDatabase,
    @Nullable Map<String, Long> stored) {

  public static final History EMPTY = new History(List.of(), List.of(), List.of());

  public History {
    requests = requests.stream().sorted(Comparator.comparingLong(Request::dueMs)).toList();
    byApp = List.copyOf(byApp);
    byDatabase = List.copyOf(byDatabase);
  }

  public History(
      List<Request> requests, List<ServedRequest> byApp, List<ServedRequest> byDatabase) {
    this(requests, byApp, byDatabase, null);
  }

  /**
   * What was asked of that kind. A request that was never answered may have been of any kind that
   * the load has, and counts to each: no promise is kept by not knowing.
   */
  public List<Request> of(RequestKind kind) {
    boolean asked = requests.stream().anyMatch(request -> request.kind() == kind);
    return requests.stream()
        .filter(request -> request.kind() == kind || asked && request.isUnanswered())
        .toList();
  }
}
