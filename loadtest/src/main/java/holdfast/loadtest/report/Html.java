package holdfast.loadtest.report;

import java.util.Locale;

/** Text made safe for a page: whatever comes from logs or drills is shown, never obeyed. */
final class Html {

  private Html() {}

  static String escape(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints().forEach(c -> append(safe, c));
    return safe.toString();
  }

  private static void append(StringBuilder safe, int c) {
    switch (c) {
      case '&' -> safe.append("&amp;");
      case '<' -> safe.append("&lt;");
      case '>' -> safe.append("&gt;");
      case '"' -> safe.append("&quot;");
      case '\'' -> safe.append("&#39;");
      default -> safe.appendCodePoint(Character.isISOControl(c) ? ' ' : c);
    }
  }

  /** 12,345 */
  static String number(long value) {
    return String.format(Locale.UK, "%,d", value);
  }

  /** 12.3, and 12 for a whole number. */
  static String decimal(double value) {
    return value == Math.rint(value)
        ? number((long) value)
        : String.format(Locale.UK, "%,.1f", value);
  }
}
