package holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.core.fixture.RunningCore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * Tests that the service refuses to start with a wrong environment. One line then names the
 * variable to correct.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartTest {

  private static Map<String, String> environment() {
    String nowhere = "jdbc:postgresql://127.0.0.1:1/holdfast";
    return RunningCore.environment(nowhere, nowhere);
  }

  @ParameterizedTest
  @CsvSource({
    "DB_MASTER_URL, , DB_MASTER_URL must be set",
    "DB_PASSWORD, , DB_PASSWORD must be set",
    "DB_PASSWORD, '', DB_PASSWORD must not be blank",
    "STOP_TIMEOUT, , STOP_TIMEOUT must be set",
    "STOP_TIMEOUT, soon, STOP_TIMEOUT has the wrong form",
    "IDENTITY_SECRET, too-short, IDENTITY_SECRET must be at least 32 characters long",
    "JWT_SECRET, too-short, JWT_SECRET must be at least 32 characters long",
    "READ_DEADLINE, soon, READ_DEADLINE has the wrong form",
    "DB_SLAVE_URL, mysql://x, DB_SLAVE_URL must look like",
    "POOL_MAX_LIFETIME, 5, POOL_MAX_LIFETIME must be longer",
    "DIALOG_SERVICE, chat-service, DIALOG_SERVICE must look like HOST:PORT",
    "RABBITMQ_HOST, , RABBITMQ_HOST must be set",
    "RABBITMQ_PASSWORD, '', RABBITMQ_PASSWORD must not be blank",
    "LIVE_POLL_MS, 0, LIVE_POLL_MS must be",
    "SERVER_PORT, eighty, SERVER_PORT has the wrong form",
  })
  void namesTheVariable(String name, String value, String expected, CapturedOutput output) {
    Map<String, String> environment = environment();
    environment.remove(name);
    if (value != null) {
      environment.put(name, value);
    }

    assertThatThrownBy(() -> RunningCore.start(environment)).isNotNull();

    assertThat(output.toString().lines()).hasSize(1).first().asString().contains(expected);
    assertThat(output).doesNotContain("too-short");
  }

  @Test
  void namesAllMissingVariablesAndExits() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            CoreApplication.class.getName());
    builder.environment().putAll(environment());
    builder.environment().keySet().removeAll(java.util.Set.of("DB_PASSWORD", "JWT_SECRET"));
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
    assertThat(output.lines()).hasSize(1);
    assertThat(output).contains("can't start: DB_PASSWORD, JWT_SECRET must be set");
  }
}
