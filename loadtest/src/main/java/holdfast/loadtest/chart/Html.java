package holdfast.loadtest.chart;

import com.samskivert.mustache.Escapers;
import java.util.Locale;
import java.util.regex.Pattern;

/** Texts and numbers for a page. */
public final class Html {

  private static final Pattern CONTROL = Pattern.compile("\\p{Cc}");

  private Html() {}

  /** Escapes a text. Otherwise markup in a log or in a drill would become part of the page. */
  public static String escape(String text) {
    return Escapers.HTML.escape(CONTROL.matcher(text).replaceAll(" "));
  }

  /** Writes a whole number with separators, such as 12,345. */
  public static String number(long value) {
    return String.format(Locale.UK, "%,d", value);
  }

  /** Writes a number with one decimal place, such as 12.3, and a whole number without any. */
  public static String decimal(double value) {
    return value == Math.rint(value)
        ? number((long) value)
        : String.format(Locale.UK, "%,.1f", value);
  }
}
