package holdfast.core.post;

import holdfast.core.FriendsChanged;
import holdfast.platform.db.Database;
import holdfast.platform.redis.Cache;
import holdfast.platform.redis.WriteMarks;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.postgresql.replication.LogSequenceNumber;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Reads feeds. The head of each feed is cached: the ids of its posts, and the WAL position of the
 * read. An entry is valid until the reader or a friend writes, which their write marks show. Texts
 * always come from the database, so an entry can't bring back an old text.
 */
@Repository
final class FeedReader {

  private final Database database;
  private final Cache cache;
  private final FeedProperties properties;
  private final Counter hits;
  private final Counter misses;
  private final Counter uncached;

  FeedReader(Database database, Cache cache, FeedProperties properties, MeterRegistry metrics) {
    this.database = database;
    this.cache = cache;
    this.properties = properties;
    this.hits = metrics.counter("holdfast.feed", "cache", "hit");
    this.misses = metrics.counter("holdfast.feed", "cache", "miss");
    this.uncached = metrics.counter("holdfast.feed", "cache", "none");
  }

  /** Adds the posts of a page, in order. */
  void page(UUID reader, FeedQuery query, PostArray answer) {
    if (query.isKept()) {
      Optional<Cache.Kept> kept = cache.kept(WriteMarks.user(reader), key(reader));
      Optional<LogSequenceNumber> own = kept.flatMap(found -> WriteMarks.highest(found.mark()));
      if (own.isPresent()) {
        byHead(reader, query, answer, own.get(), kept.get());
        return;
      }
    }
    uncached.increment();
    database.read(
        List.of(WriteMarks.user(reader)),
        jdbc -> {
          answer.restart();
          FeedQueries.page(jdbc, reader, query, answer);
          return true;
        });
  }

  private void byHead(
      UUID reader, FeedQuery query, PostArray answer, LogSequenceNumber own, Cache.Kept kept) {
    Optional<FeedEntry> good =
        FeedEntry.decode(kept.value())
            .filter(entry -> entry.reaches(own))
            .filter(entry -> isCurrent(entry, kept.writers()));
    // A post of the entry may have been deleted in the meantime. The page is then read again,
    // unless its first part was already sent.
    if (good.isPresent() && (isAnswered(good.get(), query, answer) || !answer.isKept())) {
      hits.increment();
      return;
    }
    misses.increment();
    FeedEntry made =
        database.readAt(
            own,
            jdbc -> {
              answer.restart();
              FeedEntry newest = FeedQueries.entry(jdbc, reader);
              FeedQueries.posts(jdbc, newest.page(query), answer);
              return newest;
            });
    cache.put(key(reader), made.encode(), properties.lifetime());
  }

  /**
   * Removes the reader's entry. The write mark of the change would not be enough: a full cache
   * stores no marks, but can always delete.
   */
  @EventListener
  void forget(FriendsChanged change) {
    cache.remove(key(change.readerId()));
  }

  /**
   * True if no friend has written since the entry was made. Usually the cache lists all users who
   * have written since then. If they are too many to list, the marks of all friends are read.
   */
  private boolean isCurrent(FeedEntry entry, Optional<Set<UUID>> writers) {
    return writers
        .map(since -> since.isEmpty() || entry.friends().stream().noneMatch(since::contains))
        .orElseGet(() -> isPastMarks(entry));
  }

  private boolean isPastMarks(FeedEntry entry) {
    List<String> marks = entry.friends().stream().map(WriteMarks::user).toList();
    return marks.isEmpty()
        || cache.get(marks).flatMap(WriteMarks::highest).filter(entry::reaches).isPresent();
  }

  /**
   * Answers with the posts of the entry. They are read from a server that has replayed at least the
   * entry's position. Another server may lack the newest posts. Returns false if a post no longer
   * exists.
   */
  private boolean isAnswered(FeedEntry entry, FeedQuery query, PostArray answer) {
    List<UUID> page = entry.page(query);
    if (page.isEmpty()) {
      return true;
    }
    Function<JdbcClient, Boolean> work =
        jdbc -> {
          answer.restart();
          return FeedQueries.posts(jdbc, page, answer);
        };
    return page.size() <= FeedQueries.FETCH_SIZE
        ? database.findAt(entry.lsn(), work)
        : database.readAt(entry.lsn(), work);
  }

  private static String key(UUID reader) {
    return "feed:" + reader;
  }
}
