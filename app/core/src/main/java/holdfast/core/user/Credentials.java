package holdfast.core.user;

import holdfast.platform.validation.Text;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.deser.jdk.StringDeserializer;

/**
 * The credentials of a login.
 *
 * @param password the password as it was typed. It isn't composed (NFC), because older hashes were
 *     made from passwords as they were typed.
 */
record Credentials(
    @Text(max = 36) String id,
    @Text(max = 200) @JsonDeserialize(using = StringDeserializer.class) String password) {

  /** Keeps the password out of every log. */
  @Override
  public String toString() {
    return "Credentials[" + id + "]";
  }
}
