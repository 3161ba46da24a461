package holdfast.loadtest.history;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All requests of a run, the nodes that answered them, and what the database stored.
 *
 * @param requests in the order in which they were due
 * @param byApp requests that the app nodes served
 * @param byDatabase requests that the databases served
 * @param stored how often the primary stores each text at the end; null if the database was not
 *     checked
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
   * All requests of one kind. A request that was never answered has no known kind, so it counts for
   * every kind that the load has. Otherwise a missing answer could help to keep a promise.
   */
  public List<Request> of(RequestKind kind) {
    boolean asked = requests.stream().anyMatch(request -> request.kind() == kind);
    return requests.stream()
        .filter(request -> request.kind() == kind || asked && request.isUnanswered())
        .toList();
  }
}
