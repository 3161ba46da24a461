package holdfast.loadtest.logs;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;

/**
 * Merges the log lines of all machines in order of time: TIME MACHINE UNIT MESSAGE, times in UTC.
 */
public final class MergedLog {

  private static final DateTimeFormatter MILLIS = utc("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'");
  private static final DateTimeFormatter MICROS = utc("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

  private MergedLog() {}

  /** Sorts by time. Lines of the same microsecond keep their order. */
  public static List<LogLine> inOrder(List<LogLine> lines) {
    return lines.stream().sorted(Comparator.comparingLong(LogLine::atMicros)).toList();
  }

  public static void write(Path file, List<LogLine> ordered) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < ordered.size(); i++) {
        boolean tied = sameMs(ordered, i, i - 1) || sameMs(ordered, i, i + 1);
        out.write(format(ordered.get(i), tied));
        out.write('\n');
      }
    }
  }

  /** Adds microseconds only if two neighbouring lines have the same millisecond. */
  static String format(LogLine line, boolean tied) {
    Instant at = Instant.ofEpochSecond(0, Math.multiplyExact(line.atMicros(), 1000L));
    return String.join(
        " ",
        (tied ? MICROS : MILLIS).format(at),
        line.machine(),
        escape(line.unit()),
        escape(line.message()));
  }

  private static boolean sameMs(List<LogLine> lines, int i, int j) {
    return j >= 0 && j < lines.size() && lines.get(i).atMs() == lines.get(j).atMs();
  }

  /**
   * Escapes control characters. Otherwise a message could forge a line of its own or control the
   * terminal that shows it.
   */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
            escaped.append(c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\u{%x}".formatted(c));
          } else {
            escaped.appendCodePoint(c);
          }
        });
    return escaped.toString();
  }

  private static DateTimeFormatter utc(String pattern) {
    return DateTimeFormatter.ofPattern(pattern).withZone(ZoneOffset.UTC);
  }
}
