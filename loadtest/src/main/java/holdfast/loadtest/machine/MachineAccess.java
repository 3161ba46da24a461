package holdfast.loadtest.machine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the inventory says that a machine is reached.
 *
 * @param user null for what OpenSSH chooses
 * @param key the file of the private key; null for what OpenSSH chooses
 * @param arguments further words for {@code ssh}, from {@code ansible_ssh_common_args} and {@code
 *     ansible_ssh_extra_args}
 * @param becomePassword for sudo; null where sudo asks for none
 */
public record MachineAccess(
    String address,
    int port,
    @Nullable String user,
    @Nullable String key,
    List<String> arguments,
    @Nullable String becomePassword) {}
