package holdfast.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.loadtest.fault.FaultKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an interrupted drill has left, and what the next one does about it. */
class LeftoversTest {

  @TempDir Path folder;
  private FakeSystem system;

  @BeforeEach
  void aSystem() throws IOException {
    system = new FakeSystem(folder);
  }

  private void left(String host) throws IOException {
    Step step = new Step(0, FaultKind.STOP, "core", host, "core", null, null, 8, null);
    system.equipment().note().write(new InjectedNote.Content(List.of(step), folder.toString(), 1));
    system.broken.add("stop " + host);
  }

  private boolean heal() throws Exception {
    return new Leftovers(system.equipment()).healed();
  }

  @Test
  void areHealed() throws Exception {
    left("app1");
    assertThat(heal()).isTrue();
    assertThat(system.broken).isEmpty();
    assertThat(system.settings.injected()).doesNotExist();
  }

  @Test
  void areHealedAlsoIfTheLoadCanNotBeEnded() throws Exception {
    left("app1");
    Files.createDirectories(folder.resolve("jmeter.pid"));
    assertThat(heal()).isTrue();
    assertThat(system.broken).isEmpty();
    assertThat(String.join("\n", system.said)).contains("the load of that drill can't be ended");
  }

  @Test
  void ofAMachineThatTheInventoryLacksAreNamed() throws Exception {
    left("web2");
    assertThat(heal()).isFalse();
    assertThat(String.join("\n", system.said)).contains("injected.json names web2", "inventory");
    assertThat(system.settings.injected()).exists();
  }

  @Test
  void thatCanNotBeReadSayWhatToDo() throws Exception {
    Files.writeString(system.settings.injected(), "{");
    assertThatThrownBy(this::heal)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("remove it");
  }
}
