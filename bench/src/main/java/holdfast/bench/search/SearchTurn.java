package holdfast.bench.search;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One measurement by pgbench, or by wrk with bench/search.lua.
 *
 * @param searches the kind of search
 * @param way direct or rows (by pgbench), or one of the other ways (by wrk)
 * @param rps good answers per second
 * @param p50Ms a latency in milliseconds, like p99Ms; both are NaN for pgbench
 * @param refused answers with an error status, from 400
 * @param broken requests without an answer
 * @param answerBytes the average size of an answer; 0 for pgbench
 * @param writes the users who registered meanwhile; null if nobody did
 */
record SearchTurn(
    String searches,
    int clients,
    String way,
    double rps,
    double p50Ms,
    double p99Ms,
    long refused,
    long broken,
    double answerBytes,
    @Nullable Writes writes) {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern TPS = Pattern.compile("(?m)^tps = ([0-9.]+) \\(without");
  private static final Pattern FAILED =
      Pattern.compile("(?m)^number of failed transactions: (\\d+)");

  /**
   * Reads the output of one turn.
   *
   * @param turn a list: round, searches, clients, way
   * @param output the output of pgbench or wrk
   * @throws IOException if the output holds no figures
   */
  static SearchTurn of(JsonNode turn, String output) throws IOException {
    String searches = turn.required(1).asString();
    int clients = turn.required(2).asInt();
    String way = turn.required(3).asString();
    return way.equals("direct") || way.equals("rows")
        ? pgbench(searches, clients, way, output)
        : wrk(searches, clients, way, output);
  }

  private static SearchTurn pgbench(String searches, int clients, String way, String output)
      throws IOException {
    Matcher tps = TPS.matcher(output);
    Matcher failed = FAILED.matcher(output);
    if (!tps.find() || !failed.find()) {
      throw new IOException("pgbench printed no figures: " + output);
    }
    double rps = Double.parseDouble(tps.group(1));
    long broken = Long.parseLong(failed.group(1));
    return new SearchTurn(searches, clients, way, rps, Double.NaN, Double.NaN, 0, broken, 0, null);
  }

  private static SearchTurn wrk(String searches, int clients, String way, String output)
      throws IOException {
    try {
      JsonNode told = JSON.readTree(output.substring(output.lastIndexOf(SearchTurnBench.FIGURES)));
      long sent = told.required("sent").asLong();
      long refused = told.required("refused").asLong();
      long good = sent - refused;
      return new SearchTurn(
          searches,
          clients,
          way,
          good / told.required("seconds").asDouble(),
          told.required("p50_us").asDouble() / 1000,
          told.required("p99_us").asDouble() / 1000,
          refused,
          told.required("broken").asLong(),
          good == 0 ? 0 : (double) told.required("bytes").asLong() / good,
          told.has("writes") ? JSON.treeToValue(told.get("writes"), Writes.class) : null);
    } catch (JacksonException | IllegalArgumentException | StringIndexOutOfBoundsException e) {
      throw new IOException("wrk printed no figures: " + output, e);
    }
  }
}
