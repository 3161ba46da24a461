package holdfast.loadtest.history;

/** One request that a node served, according to an access log. The time is in ms since 1970. */
public record ServedRequest(long atMs, String node) {}
