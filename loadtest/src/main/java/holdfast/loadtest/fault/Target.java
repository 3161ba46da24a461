package holdfast.loadtest.fault;

import org.jspecify.annotations.Nullable;

/**
 * What a fault is done to.
 *
 * @param unit a systemd unit; null where the fault concerns none
 * @param process the fault hits only the unit's processes of this name; null for no such limit
 * @param moment the moment of a replica's copy at which the machine loses its power; null for at
 *     once
 */
public record Target(
    String host, @Nullable String unit, @Nullable String process, @Nullable String moment) {

  /** For people: "postgres", "patroni", or nothing. */
  public String what() {
    return process != null ? process : unit != null ? unit : "";
  }
}
