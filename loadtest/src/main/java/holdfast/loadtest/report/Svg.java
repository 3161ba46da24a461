package holdfast.loadtest.report;

import java.util.Locale;

/** A drawing; looks come from the page's style sheet, by class. */
final class Svg {

  static final int WIDTH = 1040;

  private final StringBuilder body = new StringBuilder();
  private final double height;
  private final String title;

  Svg(double height, String title) {
    this.height = height;
    this.title = title;
  }

  Svg line(double x1, double y1, double x2, double y2, String look) {
    return add("<line class='%s' x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f'/>", look, x1, y1, x2, y2);
  }

  Svg rect(double x, double y, double width, double height, String look, String tip) {
    return add(
        "<rect class='%s' x='%.1f' y='%.1f' width='%.1f' height='%.1f'>%s</rect>",
        look, x, y, Math.max(width, 0), Math.max(height, 0), tip(tip));
  }

  Svg circle(double x, double y, double radius, String look, String tip) {
    return add(
        "<circle class='%s' cx='%.1f' cy='%.1f' r='%.1f'>%s</circle>",
        look, x, y, radius, tip(tip));
  }

  /** A cross, the mark of failure: told from a circle without colour. */
  Svg cross(double x, double y, double size, String tip) {
    return add(
        "<path class='cross' d='M%1$.1f %3$.1fL%2$.1f %4$.1fM%1$.1f %4$.1fL%2$.1f %3$.1f'>%5$s</path>",
        x - size, x + size, y - size, y + size, tip(tip));
  }

  Svg path(String d, String look) {
    return add("<path class='%s' d='%s'/>", look, d);
  }

  /** Path data; not by the reader's locale, whose decimal point may be a comma. */
  static String data(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  Svg text(double x, double y, String look, String text) {
    return add("<text class='%s' x='%.1f' y='%.1f'>%s</text>", look, x, y, Html.escape(text));
  }

  /** Text along the value axis, read from below. */
  Svg upright(double x, double y, String text) {
    return add(
        "<text class='axis-title mid' transform='translate(%.1f %.1f) rotate(-90)'>%s</text>",
        x, y, Html.escape(text));
  }

  private static String tip(String tip) {
    return tip.isEmpty() ? "" : "<title>" + Html.escape(tip) + "</title>";
  }

  private Svg add(String format, Object... values) {
    body.append(String.format(Locale.ROOT, format, values)).append('\n');
    return this;
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
