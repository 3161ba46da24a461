package holdfast.loadtest.history;

/** One request that a node served, according to an access log. */
public record ServedRequest(long atMs, String node) {}
