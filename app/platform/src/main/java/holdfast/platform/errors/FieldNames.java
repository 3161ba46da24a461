package holdfast.platform.errors;

import java.util.Locale;

/** Converts Java's field names to other conventions. */
public final class FieldNames {

  private FieldNames() {}

  /** Converts firstName to first_name (for JSON) or first-name (for a configuration file). */
  public static String separated(String camelCase, char separator) {
    return camelCase.replaceAll("([A-Z])", separator + "$1").toLowerCase(Locale.ROOT);
  }
}
