package holdfast.platform.request;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The Idempotency-Key that marks requests which a client may repeat. */
public final class IdempotencyKeys {

  public static final String HEADER = "Idempotency-Key";

  private static final Pattern WELL_FORMED = Pattern.compile("[\\x21-\\x7e]{1,255}");

  private IdempotencyKeys() {}

  /** True if there is no key, or a well-formed one. */
  static boolean acceptable(@Nullable String given) {
    return given == null || WELL_FORMED.matcher(given).matches();
  }
}
