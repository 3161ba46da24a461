package holdfast.platform.request;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The request ids that nginx assigns. */
public final class RequestIds {

  public static final String HEADER = "X-Request-Id";

  /** nginx's {@code $request_id}. */
  private static final Pattern WELL_FORMED = Pattern.compile("[0-9a-f]{32}");

  private RequestIds() {}

  /** The given id if it has nginx's form, otherwise a new one of that form. */
  public static String orNew(@Nullable String given) {
    return given != null && WELL_FORMED.matcher(given).matches()
        ? given
        : UUID.randomUUID().toString().replace("-", "");
  }
}
