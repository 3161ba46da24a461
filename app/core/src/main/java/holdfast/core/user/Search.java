package holdfast.core.user;

import java.io.IOException;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Searches page by page, each a statement of its own: a replica that goes away costs one page,
 * which another gives then, and who is created or changed meanwhile is in the answer or not.
 */
@Component
final class Search {

  private static final UUID LOWEST = new UUID(0, 0);

  private final Users users;

  Search(Users users) {
    this.users = users;
  }

  void answer(SearchQuery query, SearchAnswer answer) throws IOException {
    UUID after = query.after() == null ? LOWEST : query.after();
    int left = query.limit() == null ? Integer.MAX_VALUE : query.limit();
    SearchPage page;
    do {
      page = users.search(query, after, left);
      answer.add(page);
      left -= page.users();
      if (page.full()) {
        after = page.last();
      }
    } while (page.full() && left > 0);
    answer.send();
  }
}
