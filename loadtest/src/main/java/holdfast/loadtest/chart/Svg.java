package holdfast.loadtest.chart;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * A drawing. Its style comes from the page's style sheet, by class.
 *
 * <p>Charts are drawn by this builder and not by templates: nearly every value is a computed
 * coordinate, so that a template would hold only loops over numbers. All text is escaped here.
 */
public final class Svg {

  public static final int WIDTH = 1040;

  /** The left edge of the plot. It is the same in all charts, so that their times align. */
  public static final double LEFT = 76;

  /** The right edge of the plot, also the same in all charts. */
  public static final double RIGHT = WIDTH - 14;

  private final StringBuilder body = new StringBuilder();
  private final Set<String> looks = new HashSet<>();
  private final double height;
  private final String title;

  public Svg(double height, String title) {
    this.height = height;
    this.title = title;
  }

  public void line(double x1, double y1, double x2, double y2, String look) {
    add("<line class='%s' x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f'/>", look, x1, y1, x2, y2);
  }

  /** An empty tip means no tooltip, as in the other methods. */
  public void rect(double x, double y, double width, double height, String look, String tip) {
    add(
        "<rect class='%s' x='%.1f' y='%.1f' width='%.1f' height='%.1f'>%s</rect>",
        look, x, y, Math.max(width, 0), Math.max(height, 0), tip(tip));
  }

  public void circle(double x, double y, double radius, String look, String tip) {
    add(
        "<circle class='%s' cx='%.1f' cy='%.1f' r='%.1f'>%s</circle>",
        look, x, y, radius, tip(tip));
  }

  /** A cross marks a failure: it differs from a circle even without colour. */
  public void cross(double x, double y, double size, String tip) {
    String d = "M%1$.1f %3$.1fL%2$.1f %4$.1fM%1$.1f %4$.1fL%2$.1f %3$.1f";
    add(
        "<path class='%s' d='%s'>%s</path>",
        "cross", data(d, x - size, x + size, y - size, y + size), tip(tip));
  }

  public void path(String d, String look) {
    add("<path class='%s' d='%s'/>", look, d);
  }

  /** Formats path data. The reader's locale must not matter: its decimal point may be a comma. */
  public static String data(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  public void text(double x, double y, String look, String text) {
    add("<text class='%s' x='%.1f' y='%.1f'>%s</text>", look, x, y, Html.escape(text));
  }

  /** Writes a text upwards, along the value axis. */
  public void upright(double x, double y, String text) {
    add(
        "<text class='%s' transform='translate(%.1f %.1f) rotate(-90)'>%s</text>",
        "axis-title mid", x, y, Html.escape(text));
  }

  /** Whether something was drawn with this style: only such marks need a legend. */
  public boolean has(String look) {
    return looks.contains(look);
  }

  private static String tip(String tip) {
    return tip.isEmpty() ? "" : "<title>" + Html.escape(tip) + "</title>";
  }

  private void add(String format, String look, Object... values) {
    looks.add(look);
    Object[] all = new Object[values.length + 1];
    all[0] = look;
    System.arraycopy(values, 0, all, 1, values.length);
    body.append(String.format(Locale.ROOT, format, all)).append('\n');
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "<svg viewBox='0 0 %d %.0f' role='img' aria-label='%s'>%n%s</svg>%n",
        WIDTH,
        height,
        Html.escape(title),
        body);
  }
}
