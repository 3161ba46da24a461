package holdfast.loadtest.engine;

import java.util.List;
import java.util.Map;

/**
 * What the system says of itself.
 *
 * @param problems in words; none when every part works
 * @param leader the database machine that takes writes; empty if none or several do
 * @param standbys the replicas that commits wait for, in order
 * @param vipHolders the machine that holds each VIP, by the VIP's name
 */
record Health(
    List<String> problems, String leader, List<String> standbys, Map<String, String> vipHolders) {

  /** What a system is taken for that nothing was done to. */
  static final Health WHOLE = new Health(List.of(), "", List.of(), Map.of());

  boolean whole() {
    return problems.isEmpty();
  }
}
