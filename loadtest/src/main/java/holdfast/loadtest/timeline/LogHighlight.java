package holdfast.loadtest.timeline;

/**
 * An important log line. If the same line repeats, this is the first one, with the number of
 * repetitions.
 */
public record LogHighlight(long atMs, String machine, String unit, String text, int count) {}
