package holdfast.loadtest.timeline;

/**
 * An important log line. If a machine repeats the line, this is the first one.
 *
 * @param count how often the machine logged the line in a row
 */
public record LogHighlight(long atMs, String machine, String unit, String text, int count) {}
