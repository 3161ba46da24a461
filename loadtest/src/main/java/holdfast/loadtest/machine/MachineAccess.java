package holdfast.loadtest.machine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a machine is reached, from the inventory.
 *
 * @param user the user who logs in; null for OpenSSH's default
 * @param key the file of the private key; null for OpenSSH's default
 * @param arguments more arguments for {@code ssh}, such as {@code ansible_ssh_common_args}
 * @param becomePassword the password for sudo; null if the inventory has none
 */
public record MachineAccess(
    String address,
    int port,
    @Nullable String user,
    @Nullable String key,
    List<String> arguments,
    @Nullable String becomePassword) {

  /** Keeps the password out of every log. */
  @Override
  public String toString() {
    return "MachineAccess[" + address + ":" + port + ", " + user + "]";
  }
}
