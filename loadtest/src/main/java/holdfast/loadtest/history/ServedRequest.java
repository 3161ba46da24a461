package holdfast.loadtest.history;

/** One request that a node served, by that tier's own access log. */
public record ServedRequest(long atMs, String node) {}
