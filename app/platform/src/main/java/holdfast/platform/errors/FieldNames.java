package holdfast.platform.errors;

import java.util.Locale;

/** Java's names of fields as others write them. */
public final class FieldNames {

  private FieldNames() {}

  /** firstName is first_name in JSON, and first-name in a configuration file. */
  public static String separated(String camelCase, char separator) {
    return camelCase.replaceAll("([A-Z])", separator + "$1").toLowerCase(Locale.ROOT);
  }
}
