package holdfast.loadtest.timeline;

import holdfast.loadtest.logs.LogLine;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The message of a log line without its time, level and process number, which reports show
 * elsewhere.
 */
final class LogText {

  private static final Pattern STAMP =
      Pattern.compile(
          "^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d[.,]\\d{3}( \\w+ \\[\\d+])? ((INFO|LOG): +)?");

  private static final Pattern ETCD = Pattern.compile("\"msg\":\"((?:[^\"\\\\]|\\\\.)*+)\"");

  private LogText() {}

  static String of(LogLine line) {
    if (line.unit().equals("etcd") && line.message().startsWith("{")) {
      Matcher message = ETCD.matcher(line.message());
      return message.find() ? message.group(1) : line.message();
    }
    return STAMP.matcher(line.message()).replaceFirst("");
  }

  /** Includes PostgreSQL, because it is a child process of Patroni and logs to the same unit. */
  static boolean ofPatroni(LogLine line) {
    return line.unit().equals("patroni");
  }

  /** Whether systemd logged the line about a unit. */
  static boolean ofSystemd(LogLine line) {
    return line.unit().equals("init.scope") || line.unit().equals("systemd");
  }
}
