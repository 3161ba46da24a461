package holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.core.fixture.RunningCore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong environment ends the process with one line that names what to mend. */
class StartTest {

  @ParameterizedTest
  @CsvSource({
    "DB_MASTER_URL, , can't start: DB_MASTER_URL is not set",
    "JWT_SECRET, too-short, can't start: JWT_SECRET must be at least 32 characters long",
    "CORE_READ_DEADLINE, soon, can't start: CORE_READ_DEADLINE can't be read: it has the wrong form",
    "DB_SLAVE_URL, mysql://x, can't start: DB_SLAVE_URL must look like",
    "POOL_MAX_LIFETIME, 5, can't start: POOL_MAX_LIFETIME must be",
  })
  void namesTheVariable(String name, String value, String expected) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            CoreApplication.class.getName());
    Map<String, String> environment = builder.environment();
    String url = "jdbc:postgresql://127.0.0.1:1/holdfast";
    environment.putAll(RunningCore.environment(url, url));
    environment.remove(name);
    if (value != null) {
      environment.put(name, value);
    }
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isNotZero();
    assertThat(output.lines()).hasSize(1).first().asString().contains(expected);
    assertThat(output).doesNotContain("too-short");
  }
}
