package holdfast.loadtest.verdict;

import java.util.List;
import java.util.Map;

/**
 * What the drill knew of its own run.
 *
 * @param startedMs when the load's first request was due
 * @param endedMs when the load had ended
 * @param unhealthy what was wrong before the load, or went wrong with the run itself
 * @param notHealed what is still wrong after healing
 * @param faultLateMaxS past its second by more than this a fault met another part of the load than
 *     was planned
 * @param apps address and port of each app node, by its name
 * @param databases address of each database, by its name
 * @param machines all machines of the inventory; each must have left its journal
 * @param leader who led before the load; empty if nobody knows
 * @param vipHolders the machine that held each VIP before the load, by the VIP's name
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
    Map<String, String> vipHolders) {

  /** The load that was asked for: requests a second, for so many seconds. */
  public record Load(double rate, double durationS) {

    /** As the plan's even arrivals count them: a last fraction of a request isn't sent. */
    public long requests() {
      return (long) (rate * durationS);
    }
  }

  /** In place of a run that can't be read. */
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
        Map.of());
  }

  /** Whether a moment lies in the time in which this run's load was on. */
  public boolean covers(long atMs) {
    return atMs >= startedMs && atMs <= endedMs;
  }
}
