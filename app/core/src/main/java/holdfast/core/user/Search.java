package holdfast.core.user;

import holdfast.platform.db.Database;
import holdfast.platform.http.JsonArrayBody;
import holdfast.platform.redis.WriteMarks;
import holdfast.platform.retry.Deadline;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.springframework.stereotype.Component;

/**
 * Searches page by page, with one statement for each page. If a replica fails, only one page is
 * read again from another replica. Users who are created or changed meanwhile may be in the answer
 * or not.
 *
 * <p>The answer's version is that of its first page. Every further page comes from a server that
 * shows at least what the first page shows. So no user's data in the answer are older than its
 * version.
 */
@Component
final class Search {

  private static final UUID LOWEST = new UUID(0, 0);

  private final SearchQueries queries;
  private final Database database;

  Search(SearchQueries queries, Database database) {
    this.queries = queries;
    this.database = database;
  }

  /**
   * Answers a search.
   *
   * @param caller the user who asks, if there is a token. The answer then shows what this user has
   *     written.
   */
  void answer(
      SearchQuery query, Optional<UUID> caller, SearchValidator validator, JsonArrayBody body)
      throws IOException {
    Deadline deadline = database.readDeadline();
    @Nullable LogSequenceNumber needed =
        caller.flatMap(id -> database.needed(List.of(WriteMarks.user(id)))).orElse(null);
    if (validator.isConditional()) {
      UUID version = queries.version(query, needed, deadline);
      if (validator.holds(version)) {
        validator.confirm(version);
        return;
      }
    }
    UUID after = query.after() == null ? LOWEST : query.after();
    int left = query.limit() == null ? Integer.MAX_VALUE : query.limit();
    SearchPage page = queries.page(query, after, left, needed, deadline);
    validator.announce(page.version(), body);
    while (true) {
      if (page.users() > 0) {
        body.add(page.json());
      }
      left -= page.users();
      if (!page.full() || left == 0) {
        break;
      }
      if (!body.isKept()) {
        // A client that reads slowly must not use up the time for reading the next page.
        deadline = database.newReadDeadline();
      }
      page = queries.page(query, page.last(), left, page.position(), deadline);
    }
    body.send();
  }
}
