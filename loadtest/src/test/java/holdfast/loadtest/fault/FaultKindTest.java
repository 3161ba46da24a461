package holdfast.loadtest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultKindTest {

  private static final Path SCRIPT = Path.of("../roles/drill/files/fault.py");

  /** {@code copy} isn't a fault by itself: a power-off uses it to stop a replica during a copy. */
  @Test
  void theScriptHasAClassForEachFaultOfAMachine() throws IOException {
    Matcher kinds = Pattern.compile("(?ms)^KINDS = [{](.*?)[}]$").matcher(Files.readString(SCRIPT));
    assertThat(kinds.find()).isTrue();
    List<String> there =
        Pattern.compile("\"([a-z_]+)\":")
            .matcher(kinds.group(1))
            .results()
            .map((MatchResult each) -> each.group(1))
            .filter(each -> !each.equals("copy"))
            .toList();
    assertThat(there)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(FaultKind.values())
                .filter(FaultKind::onMachine)
                .map(FaultKind::key)
                .toList());
  }

  @ParameterizedTest
  @EnumSource
  void isFoundByItsKeyAndHasWords(FaultKind kind) {
    assertThat(FaultKind.of(kind.key())).isSameAs(kind);
    assertThat(kind.words(new Target("db1", "patroni", "postgres", null))).isNotBlank();
    assertThat(kind.verbs()).hasSize(kind.takesMachineAway() ? 2 : 0);
  }

  @Test
  void namesTheUnitOrItsProcessIfThatIsWhatTheFaultHits() {
    assertThat(FaultKind.KILL.words(new Target("db1", "patroni", "postgres", null)))
        .isEqualTo("SIGKILL to postgres");
    assertThat(FaultKind.STOP.words(new Target("db1", "patroni", null, null)))
        .isEqualTo("systemctl stop patroni");
    assertThat(FaultKind.FILL.words(new Target("db1", "patroni", null, null)))
        .isEqualTo("fill the data disk");
  }
}
