package holdfast.loadtest.engine;

import java.util.List;
import java.util.Map;

/**
 * What the system says of itself.
 *
 * @param problems in words; none when every part works
 * @param leader the database machine that takes writes; empty if none or several do
 * @param standbys the replicas that commits may wait for, sorted by name
 * @param vipHolders the machine that holds each VIP, by the VIP's name
 */
record Health(
    List<String> problems, String leader, List<String> standbys, Map<String, String> vipHolders) {

  /**
   * Stands in where the system isn't asked: no fault was injected, or the drill was interrupted.
   */
  static final Health WHOLE = new Health(List.of(), "", List.of(), Map.of());

  boolean whole() {
    return problems.isEmpty();
  }
}
