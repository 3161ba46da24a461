package holdfast.core.user;

import holdfast.platform.db.Database;
import holdfast.platform.http.JsonArrayBody;
import holdfast.platform.retry.Deadline;
import java.io.IOException;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Searches page by page, with one statement for each page. If a replica fails, only one page is
 * read again from another replica. Users who are created or changed meanwhile may be in the answer
 * or not.
 */
@Component
final class Search {

  private static final UUID LOWEST = new UUID(0, 0);

  private final Users users;
  private final Database database;

  Search(Users users, Database database) {
    this.users = users;
    this.database = database;
  }

  void answer(SearchQuery query, JsonArrayBody body) throws IOException {
    UUID after = query.after() == null ? LOWEST : query.after();
    int left = query.limit() == null ? Integer.MAX_VALUE : query.limit();
    Deadline deadline = database.readDeadline();
    SearchPage page;
    do {
      page = users.search(query, after, left, deadline);
      if (page.users() > 0) {
        body.add(page.json());
      }
      if (!body.isKept()) {
        // A client that reads slowly must not use up the time for reading the next page.
        deadline = database.newReadDeadline();
      }
      left -= page.users();
      if (page.full()) {
        after = page.last();
      }
    } while (page.full() && left > 0);
    body.send();
  }
}
