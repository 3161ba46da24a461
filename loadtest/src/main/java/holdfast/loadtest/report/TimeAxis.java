package holdfast.loadtest.report;

import holdfast.loadtest.chart.Svg;
import holdfast.loadtest.chart.ValueAxis;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.verdict.Event;
import java.util.stream.LongStream;

/**
 * The horizontal axis: seconds since the start of the load. It is the same in all charts, so that
 * they can be compared from top to bottom.
 */
record TimeAxis(long startMs, double seconds) {

  /**
   * An event long after the load, such as a slow heal, stays outside the chart. Otherwise it would
   * squeeze the load.
   */
  private static final double TAIL = 1.35;

  private static final int MOST_BUCKETS = 120;

  static TimeAxis of(ReportModel model) {
    long start = model.startMs();
    long loadEnd =
        LongStream.concat(
                LongStream.of(start + (long) (model.run().load().durationS() * 1000), start + 1000),
                model.history().requests().stream().mapToLong(Request::endMs))
            .max()
            .orElse(start);
    long limit = start + (long) ((loadEnd - start) * TAIL);
    long end =
        LongStream.concat(
                LongStream.of(loadEnd),
                model.events().stream().mapToLong(Event::atMs).filter(at -> at <= limit))
            .max()
            .orElse(loadEnd);
    return new TimeAxis(start, Math.ceil((end - start) / 1000.0));
  }

  double x(long atMs) {
    return xOfSecond((atMs - startMs) / 1000.0);
  }

  double xOfSecond(double second) {
    return Svg.LEFT + (Svg.RIGHT - Svg.LEFT) * Math.clamp(second / seconds, 0, 1);
  }

  boolean shows(long atMs) {
    return atMs >= startMs && atMs <= startMs + seconds * 1000;
  }

  double tick() {
    return ValueAxis.niceStep(seconds / 12);
  }

  /** How many whole seconds one bar covers. */
  int bucketSeconds() {
    return (int) Math.max(1, ValueAxis.niceStep(seconds / MOST_BUCKETS));
  }

  int buckets() {
    return (int) Math.ceil(seconds / bucketSeconds());
  }

  int bucket(long atMs) {
    int bucket = (int) Math.floorDiv(atMs - startMs, bucketSeconds() * 1000L);
    return Math.clamp(bucket, 0, buckets() - 1);
  }
}
