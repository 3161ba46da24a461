package holdfast.bench.writes;

import holdfast.bench.client.ApiClient;
import holdfast.bench.client.ApiClient.Answer;
import holdfast.bench.client.ApiClient.Person;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * Writes of one user. Each write is followed by a read that must show it, at the same node or at
 * another one. Each kind of pair uses all combinations of nodes in turn.
 */
final class WriteReadPairs {

  /** The kinds of pairs: a write, and the read that must show it. */
  enum Kind {
    CREATE_THEN_GET,
    UPDATE_THEN_GET,
    BEFRIEND_THEN_FEED,
    SEND_THEN_LIST;

    String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  enum Outcome {
    SEEN,
    /** The read didn't show the write. */
    STALE,
    FAILED
  }

  /** The outcome of one pair. The services' logs contain the same request ids. */
  record Pair(
      Kind kind, Outcome outcome, long readNanos, String writeRequest, String readRequest) {}

  private final List<ApiClient> nodes;
  private final Person me;
  private final Person other;
  private final String othersPost;
  private String post = "";
  private boolean friends;

  /**
   * Makes {@code other} write a post. The feed of {@code me} must show this post while {@code
   * other} is a friend of {@code me}, and only then.
   */
  WriteReadPairs(List<ApiClient> nodes, Person me, Person other) throws IOException {
    this.nodes = nodes;
    this.me = me;
    this.other = other;
    this.othersPost = create(nodes.getFirst(), other, "Post of the other").expectGood().id();
  }

  /**
   * Runs {@code count} pairs, numbered from {@code first} on. The number of a pair determines its
   * kind and its nodes. Each user should begin with a different number, so that the users don't all
   * use the same nodes at once.
   */
  List<Pair> run(int count, int first) throws IOException {
    post = create(nodes.getFirst(), me, "First post").expectGood().id();
    List<Pair> pairs = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      int combination = i / Kind.values().length;
      ApiClient writer = nodes.get(combination % nodes.size());
      ApiClient reader = nodes.get(combination / nodes.size() % nodes.size());
      pairs.add(pair(Kind.values()[i % Kind.values().length], writer, reader));
    }
    return pairs;
  }

  private Pair pair(Kind kind, ApiClient writer, ApiClient reader) {
    String text = "Text " + UUID.randomUUID();
    Answer written = write(kind, writer, text);
    long start = System.nanoTime();
    Answer read = written.good() ? reader.get(path(kind), me) : written;
    long nanos = System.nanoTime() - start;
    Outcome outcome = outcome(kind, written, read, text);
    return new Pair(kind, outcome, nanos, written.requestId(), read.requestId());
  }

  private Answer write(Kind kind, ApiClient writer, String text) {
    return switch (kind) {
      case CREATE_THEN_GET -> {
        Answer created = create(writer, me, text);
        post = created.good() ? created.id() : post;
        yield created;
      }
      case UPDATE_THEN_GET -> writer.put("/post/update", me, "id", post, "text", text);
      case BEFRIEND_THEN_FEED -> {
        friends = !friends;
        yield writer.put("/friend/" + (friends ? "set/" : "delete/") + other.id(), me);
      }
      case SEND_THEN_LIST ->
          writer.post("/dialog/" + other.id() + "/send", me, key(), "text", text).join();
    };
  }

  private String path(Kind kind) {
    return switch (kind) {
      case CREATE_THEN_GET, UPDATE_THEN_GET -> "/post/get/" + post;
      case BEFRIEND_THEN_FEED -> "/post/feed";
      case SEND_THEN_LIST -> "/dialog/" + other.id() + "/list";
    };
  }

  private Outcome outcome(Kind kind, Answer written, Answer read, String text) {
    if (!written.good()) {
      return Outcome.FAILED;
    }
    if (read.status() == 404) {
      return Outcome.STALE;
    }
    if (!read.good()) {
      return Outcome.FAILED;
    }
    boolean seen =
        kind == Kind.BEFRIEND_THEN_FEED
            ? read.body().contains(othersPost) == friends
            : read.body().contains(text);
    return seen ? Outcome.SEEN : Outcome.STALE;
  }

  private static Answer create(ApiClient node, Person author, String text) {
    return node.post("/post/create", author, key(), "text", text).join();
  }

  private static String key() {
    return UUID.randomUUID().toString();
  }
}
