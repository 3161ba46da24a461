package holdfast.loadtest.chart;

import com.samskivert.mustache.Escapers;
import java.util.Locale;
import java.util.regex.Pattern;

/** Texts and numbers for a page. */
public final class Html {

  private static final Pattern CONTROL = Pattern.compile("\\p{Cc}");

  private Html() {}

  /** Makes any text safe: what comes from logs or drills is shown as text, never as markup. */
  public static String escape(String text) {
    return Escapers.HTML.escape(CONTROL.matcher(text).replaceAll(" "));
  }

  /** 12,345 */
  public static String number(long value) {
    return String.format(Locale.UK, "%,d", value);
  }

  /** 12.3, but 12 for a whole number. */
  public static String decimal(double value) {
    return value == Math.rint(value)
        ? number((long) value)
        : String.format(Locale.UK, "%,.1f", value);
  }
}
