package holdfast.platform.errors;

import java.util.Locale;

/** Converts Java's field names to other conventions. */
public final class FieldNames {

  private FieldNames() {}

  /** Makes first_name for JSON or first-name for a configuration file of firstName. */
  public static String separated(String camelCase, char separator) {
    return camelCase.replaceAll("([A-Z])", separator + "$1").toLowerCase(Locale.ROOT);
  }
}
