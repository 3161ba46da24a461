package holdfast.platform.limits;

import java.io.IOException;

/** The body exceeded the limit while it was read. */
public final class BodyTooLarge extends IOException {

  BodyTooLarge(int limit) {
    super("the body must be at most " + limit / 1024 + " KiB");
  }
}
