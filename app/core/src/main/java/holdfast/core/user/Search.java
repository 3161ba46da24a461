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

  /** Biographies may take 40 KB each: these may be in memory at once, in each request. */
  private static final int FIRST_PAGE = 128;

  private static final int LARGEST_PAGE = 4096;
  private static final int PAGE_BYTES = 512 * 1024;

  private final Users users;

  Search(Users users) {
    this.users = users;
  }

  void answer(SearchQuery query, SearchAnswer answer) throws IOException {
    UUID after = query.after() == null ? LOWEST : query.after();
    int left = query.limit() == null ? Integer.MAX_VALUE : query.limit();
    long found = 0;
    long bytes = 0;
    while (true) {
      int size = Math.min(left, found == 0 ? FIRST_PAGE : sizeFor(bytes / found));
      SearchPage page = users.search(query, after, size);
      answer.add(page);
      left -= page.users();
      if (page.users() < size || left == 0) {
        break;
      }
      after = page.last();
      found += page.users();
      bytes += page.json().length;
    }
    answer.send();
  }

  /** Ids are random: those found so far tell how long the next ones are. */
  private static int sizeFor(long bytesEach) {
    return (int) Math.clamp(PAGE_BYTES / bytesEach, 1, LARGEST_PAGE);
  }
}
