package holdfast.loadtest.logs;

/** One line of a machine's journal; the time is in microseconds since 1970. */
public record LogLine(long atMicros, String machine, String unit, String message) {

  public long atMs() {
    return Math.floorDiv(atMicros, 1000L);
  }
}
