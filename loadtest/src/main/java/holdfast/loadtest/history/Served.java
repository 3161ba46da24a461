package holdfast.loadtest.history;

/** One request that a node served, by that tier's own access log. */
public record Served(long atMs, String node) {}
