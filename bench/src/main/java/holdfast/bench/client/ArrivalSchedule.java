package holdfast.bench.client;

/** When each request of an open loop is due. Times are those of {@link System#nanoTime()}. */
final class ArrivalSchedule {

  private static final long MILLI = 1_000_000;

  private final long start;
  private final double perSecond;
  private final int count;
  private int index;

  ArrivalSchedule(long start, double perSecond, int count) {
    this.start = start;
    this.perSecond = perSecond;
    this.count = count;
  }

  boolean left() {
    return index < count;
  }

  /** The number of the next request, from 0. */
  int index() {
    return index;
  }

  /** When the next request is due. */
  long due() {
    return start + (long) (index * 1e9 / perSecond);
  }

  long millisToNext() {
    return left() ? (due() - System.nanoTime()) / MILLI : Long.MAX_VALUE;
  }

  void advance() {
    index++;
  }
}
