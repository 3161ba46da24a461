package holdfast.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JMeterTest {

  @TempDir Path folder;

  @Test
  void endsTheLoadThatADrillLeftAndNoOther() throws Exception {
    Process load =
        new ProcessBuilder("sh", "-c", "echo begun; sleep 60; :", "sh", "-Jstart_ms=17").start();
    try {
      assertThat(load.inputReader().readLine()).isEqualTo("begun");
      Files.writeString(folder.resolve("jmeter.pid"), load.pid() + "\n");
      JMeter.endForgotten(folder, 18);
      assertThat(load.isAlive()).isTrue();
      JMeter.endForgotten(folder, 17);
      assertThat(load.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      load.destroyForcibly();
    }
  }

  @Test
  void toleratesARunThatLeftNoLoad() throws Exception {
    JMeter.endForgotten(folder, 17);
    Files.writeString(folder.resolve("jmeter.pid"), "");
    JMeter.endForgotten(folder, 17);
  }
}
