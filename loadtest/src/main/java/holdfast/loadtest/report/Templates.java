package holdfast.loadtest.report;

import com.samskivert.mustache.Mustache;
import holdfast.loadtest.chart.Html;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The reports' Mustache templates, in this package's resources.
 *
 * <p>Every text is escaped; only {@code {{{chart}}}} inserts markup. A name that isn't in the data
 * is an error. Otherwise a misspelt name would leave a gap in the report.
 */
final class Templates {

  private static final Mustache.Compiler COMPILER =
      Mustache.compiler()
          .withLoader(Templates::open)
          .withEscaper(Html::escape)
          .strictSections(true)
          .emptyStringIsFalse(true);

  private Templates() {}

  static String render(String name, Object data) {
    return COMPILER.loadTemplate(name).execute(data);
  }

  private static Reader open(String name) {
    return new InputStreamReader(
        Objects.requireNonNull(Templates.class.getResourceAsStream(name), name),
        StandardCharsets.UTF_8);
  }
}
