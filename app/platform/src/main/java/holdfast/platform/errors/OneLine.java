package holdfast.platform.errors;

import java.util.regex.Pattern;

/** Formats a failure as one line of a log: the outermost message and the innermost. */
public final class OneLine {

  private static final Pattern BREAKS = Pattern.compile("\\s*\\R\\s*|-{3,}");

  private OneLine() {}

  public static String of(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = String.valueOf(failure.getMessage());
    String cause = String.valueOf(root.getMessage());
    return of(message.contains(cause) ? message : message + ": " + cause);
  }

  public static String of(String text) {
    return BREAKS.matcher(text.strip()).replaceAll(" ").replaceAll(" {2,}", " ");
  }
}
