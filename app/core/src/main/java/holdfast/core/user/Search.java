package holdfast.core.user;

import holdfast.platform.db.Database;
import holdfast.platform.http.JsonArrayBody;
import holdfast.platform.redis.WriteMarks;
import holdfast.platform.retry.Deadline;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.springframework.stereotype.Component;

/**
 * Searches page by page, with one statement for each page. If a replica fails, only one page is
 * read again from another replica. Users who are created or changed meanwhile may be in the answer
 * or not.
 *
 * <p>An answer has a version only if all its pages have the same one. Suppose an answer had the
 * first page's version, although a later page already showed a newer change. If a failover undid
 * the change, that version would be current again, and would confirm the answer.
 */
@Component
final class Search {

  private static final UUID LOWEST = new UUID(0, 0);

  /** With a million demo users, the largest answer to a search for two letters has 4.96 MB. */
  private static final int LARGE_BYTES = 6 * 1024 * 1024;

  /**
   * How many large answers are collected in memory at once, so that they have a version and nginx
   * can keep them. If there are more, the others are streamed.
   */
  private final Semaphore large = new Semaphore(3);

  private final SearchQueries queries;
  private final Database database;

  Search(SearchQueries queries, Database database) {
    this.queries = queries;
    this.database = database;
  }

  /**
   * Answers a search.
   *
   * @param caller the user who asks, if there is a token. The answer then shows this user's
   *     registration.
   */
  void answer(
      SearchQuery query, Optional<UUID> caller, SearchValidator validator, JsonArrayBody body)
      throws IOException {
    Deadline deadline = database.readDeadline();
    @Nullable LogSequenceNumber needed =
        caller.flatMap(id -> database.needed(List.of(WriteMarks.registration(id)))).orElse(null);
    if (validator.wantsGzip()) {
      body.compress();
    }
    if (validator.isConditional()) {
      UUID version = queries.version(query, needed, deadline);
      if (validator.holds(version)) {
        validator.confirm(version);
        return;
      }
    }
    boolean collected = false;
    try {
      UUID after = query.after() == null ? LOWEST : query.after();
      int left = query.limit() == null ? Integer.MAX_VALUE : query.limit();
      SearchPage page = queries.page(query, after, left, needed, deadline);
      UUID version = page.version();
      boolean same = true;
      while (true) {
        if (!collected && body.isKept() && !body.fits(page.json().length)) {
          collected = validator.mayBeKept() && large.tryAcquire();
          body.keep(collected ? LARGE_BYTES : 0);
        }
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
        page = queries.page(query, page.last(), left, needed, deadline);
        same &= page.version().equals(version);
      }
      body.send(same ? () -> validator.announce(version) : () -> {});
    } finally {
      if (collected) {
        large.release();
      }
    }
  }
}
