package holdfast.loadtest.timeline;

/** A telling line; of the same line several times in a row, the first, with their count. */
public record LogHighlight(long atMs, String machine, String unit, String text, int count) {}
