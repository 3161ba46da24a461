package holdfast.platform.request;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The ids that nginx gives requests. */
public final class RequestIds {

  public static final String HEADER = "X-Request-Id";

  /** nginx's {@code $request_id}. */
  private static final Pattern WELL_FORMED = Pattern.compile("[0-9a-f]{32}");

  private RequestIds() {}

  /** The given id if it is one of nginx's, otherwise a new one of the same form. */
  public static String orNew(@Nullable String given) {
    return given != null && WELL_FORMED.matcher(given).matches()
        ? given
        : UUID.randomUUID().toString().replace("-", "");
  }
}
