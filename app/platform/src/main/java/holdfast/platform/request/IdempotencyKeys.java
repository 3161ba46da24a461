package holdfast.platform.request;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The Idempotency-Key with which a client marks a request that it may send again. */
public final class IdempotencyKeys {

  public static final String HEADER = "Idempotency-Key";

  private static final Pattern WELL_FORMED = Pattern.compile("[\\x21-\\x7e]{1,255}");

  private IdempotencyKeys() {}

  /** True for none, and for one that is well formed. */
  static boolean acceptable(@Nullable String given) {
    return given == null || WELL_FORMED.matcher(given).matches();
  }
}
