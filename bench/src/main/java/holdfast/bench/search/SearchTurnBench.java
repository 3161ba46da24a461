package holdfast.bench.search;

import holdfast.bench.client.ApiClient;
import holdfast.bench.client.ParallelRunner;
import holdfast.bench.common.Benchmark;
import holdfast.bench.common.Findings;
import holdfast.bench.common.Options;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One turn of the benchmark `search` in which nginx gives kept answers. Asks for every path once,
 * so that nginx keeps every answer. Then runs wrk. In the way `writes`, users register meanwhile.
 *
 * <p>A stale answer doesn't make this program fail. {@link SearchBench} finds the number of stale
 * answers in the output.
 */
public final class SearchTurnBench implements Benchmark {

  /**
   * Figures start with this, both in the output of wrk (bench/search.lua) and in this program's.
   */
  static final String FIGURES = "{\"sent\":";

  /** The registrations begin this long before wrk, so that wrk runs while users are looked up. */
  private static final int LEAD_SECONDS = 1;

  private static final int THREADS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(35);
  private static final JsonMapper JSON = new JsonMapper();

  @Override
  public Findings run(Options options) throws IOException, InterruptedException {
    URI web = options.uri("web");
    Path paths = Path.of(options.text("paths"));
    List<String> headers = options.words("headers");
    List<String> wrk = options.words("wrk");
    int seconds = options.number("duration");
    boolean writes = options.truth("writes");
    options.refuseUnused();
    fill(web, Files.readAllLines(paths), headers);
    ObjectNode figures = writes ? writes(web, wrk, seconds) : figures(wrk);
    return new Findings(figures, List.of(figures.toString()), List.of());
  }

  /** Asks for every path with the headers that wrk will send. */
  private static void fill(URI web, List<String> paths, List<String> headers)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      ParallelRunner.each(
          paths.size(),
          THREADS,
          i ->
              () -> {
                HttpRequest.Builder request = HttpRequest.newBuilder(web.resolve(paths.get(i)));
                for (String header : headers) {
                  String[] nameAndValue = header.split(": *", 2);
                  request.header(nameAndValue[0], nameAndValue[1]);
                }
                int status =
                    http.send(request.timeout(PATIENCE).build(), BodyHandlers.discarding())
                        .statusCode();
                if (status != 200) {
                  throw new IOException(
                      "the first request for %s, which nginx should keep, was answered with %d"
                          .formatted(paths.get(i), status));
                }
                return status;
              });
    }
  }

  private static ObjectNode writes(URI web, List<String> wrk, int seconds)
      throws IOException, InterruptedException {
    Newcomers newcomers = new Newcomers(new ApiClient(web));
    try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
      Future<Writes> writes = pool.submit(() -> newcomers.run(LEAD_SECONDS + seconds));
      Thread.sleep(Duration.ofSeconds(LEAD_SECONDS));
      ObjectNode figures = figures(wrk);
      figures.set("writes", JSON.valueToTree(writes.get()));
      return figures;
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private static ObjectNode figures(List<String> wrk) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(new ArrayList<>(wrk)).redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int line = output.lastIndexOf(FIGURES);
      if (process.waitFor() != 0 || line < 0) {
        throw new IOException("wrk printed no figures: " + output);
      }
      return (ObjectNode) JSON.readTree(output.substring(line));
    } finally {
      process.destroyForcibly();
    }
  }
}
