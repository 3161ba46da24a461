package holdfast.core.user;

import holdfast.platform.Text;

/** Who signs in. */
record Credentials(@Text(max = 36) String id, @Text(max = 200) String password) {

  /** Keeps the password out of every log. */
  @Override
  public String toString() {
    return "Credentials[" + id + "]";
  }
}
