package holdfast.loadtest.verdict;

import java.util.List;
import java.util.Map;

/**
 * The drill's record of its own run. Times are milliseconds since 1970.
 *
 * @param startedMs when the load's first request was due
 * @param endedMs when the load ended
 * @param unhealthy the system's problems before the load, and what went wrong with the drill itself
 * @param notHealed the problems that remain after healing
 * @param faultLateMaxS how many seconds late a fault may be proved; a later fault meets another
 *     part of the load than planned
 * @param apps address and port of each app node, by its name
 * @param databases address of each database, by its name
 * @param machines all machines of the inventory; each must have left a journal
 * @param leader the leader before the load; empty if unknown
 * @param vipHolders the machine that held each VIP before the load, by the VIP's name
 * @param version the version of Holdfast; empty in a record that is older than this field
 */
public record Run(
    String drill,
    long startedMs,
    long endedMs,
    boolean healthyBefore,
    List<String> unhealthy,
    boolean healed,
    List<String> notHealed,
    Load load,
    double faultLateMaxS,
    Map<String, String> apps,
    Map<String, String> databases,
    List<String> machines,
    String leader,
    Map<String, String> vipHolders,
    String version) {

  /** The planned load: requests per second, and seconds. */
  public record Load(double rate, double durationS) {

    /** The number of requests that the plan sends: a fraction of a last request isn't sent. */
    public long requests() {
      return (long) (rate * durationS);
    }
  }

  /** The record of a run that can't be read. */
  public static Run unknown(String drill) {
    return new Run(
        drill,
        0,
        0,
        false,
        List.of(),
        false,
        List.of(),
        new Load(0, 0),
        0,
        Map.of(),
        Map.of(),
        List.of(),
        "",
        Map.of(),
        "");
  }

  /** Whether the load was running at a moment. */
  public boolean covers(long atMs) {
    return atMs >= startedMs && atMs <= endedMs;
  }
}
