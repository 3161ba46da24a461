package holdfast.loadtest.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.ObjectReader;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvSchema;

/** Reads JMeter's results as CSV. The plan adds the columns {@code due_ms} and {@code again}. */
public final class JtlReader {

  /** About a day at 20 requests per second. More would not fit into memory. */
  private static final int MOST_ROWS = 2_000_000;

  private static final ObjectReader ROWS =
      new CsvMapper().readerForMapOf(String.class).with(CsvSchema.emptySchema().withHeader());

  private static final Pattern THREAD = Pattern.compile(".*-(\\d{1,18})");

  private JtlReader() {}

  /**
   * @throws IOException if a row is broken; the message names the row and the mistake
   */
  public static List<Request> read(Path file) throws IOException {
    List<Request> requests = new ArrayList<>();
    int row = 1;
    try (MappingIterator<Map<String, String>> rows = ROWS.readValues(file)) {
      while (rows.hasNext()) {
        row++;
        request(rows.next()).ifPresent(requests::add);
        if (row > MOST_ROWS) {
          throw new IOException("has more than " + MOST_ROWS + " rows");
        }
      }
    } catch (JacksonException | IllegalArgumentException e) {
      throw new IOException("record " + row + ": " + firstLine(e), e);
    }
    return requests;
  }

  private static Optional<Request> request(Map<String, String> row) {
    return RequestKind.ofLabel(field(row, "label")).map(kind -> request(kind, row));
  }

  private static Request request(RequestKind kind, Map<String, String> row) {
    long sent = number(row, "timeStamp");
    return new Request(
        kind,
        field(row, "label"),
        threadNumber(row),
        number(row, "due_ms"),
        sent,
        sent + number(row, "elapsed"),
        truth(row, "success"),
        plain(field(row, "responseCode")),
        failure(row),
        again(row));
  }

  private static String failure(Map<String, String> row) {
    if (truth(row, "success")) {
      return "";
    }
    String assertion = field(row, "failureMessage").strip();
    boolean answered = field(row, "responseCode").equals("200");
    return answered ? assertion : plain(field(row, "responseMessage")).strip();
  }

  /**
   * The error ("SocketTimeoutException") without the prefix that JMeter writes if there was no
   * answer.
   */
  private static String plain(String text) {
    return text.replaceFirst("^Non HTTP response (code: ([a-z]\\w*\\.)*|message: )", "");
  }

  private static String field(Map<String, String> row, String name) {
    String value = row.get(name);
    if (value == null) {
      throw new IllegalArgumentException("there is no column " + name);
    }
    return value;
  }

  private static long number(Map<String, String> row, String name) {
    String value = field(row, name);
    try {
      return (long) Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " is not a number: \"" + value + "\"", e);
    }
  }

  /** JMeter runs each request in its own thread, numbered from 1: "Load 1-57". */
  private static long threadNumber(Map<String, String> row) {
    String thread = field(row, "threadName");
    Matcher name = THREAD.matcher(thread);
    if (!name.matches()) {
      throw new IllegalArgumentException("threadName has no number: \"" + thread + "\"");
    }
    return Long.parseLong(name.group(1));
  }

  private static boolean again(Map<String, String> row) {
    return switch (field(row, "again")) {
      case "1" -> true;
      case "0" -> false;
      default -> throw new IllegalArgumentException("the column \"again\" is neither 0 nor 1");
    };
  }

  private static boolean truth(Map<String, String> row, String name) {
    return switch (field(row, name)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(name + " is neither true nor false");
    };
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable");
  }
}
