package holdfast.platform.request;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The header Idempotency-Key. With the same key, a client may repeat a request. */
public final class IdempotencyKeys {

  public static final String HEADER = "Idempotency-Key";

  private static final Pattern WELL_FORMED = Pattern.compile("[\\x21-\\x7e]{1,255}");

  private IdempotencyKeys() {}

  /** True if there is no key, or if the key is well-formed. */
  static boolean acceptable(@Nullable String given) {
    return given == null || WELL_FORMED.matcher(given).matches();
  }
}
