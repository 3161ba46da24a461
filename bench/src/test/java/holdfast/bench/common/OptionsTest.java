package holdfast.bench.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {

  @Test
  void refusesOptionsThatAreMissingMisspeltOrNoNumber() {
    Options options = new Options(List.of("rate=20", "nodes=http://a:1,http://b:2", "paris=3"));
    assertThat(options.number("rate")).isEqualTo(20);
    assertThat(options.uris("nodes")).hasSize(2);
    assertThatThrownBy(() -> options.number("pairs")).hasMessage("pairs= is missing");
    assertThatThrownBy(() -> options.number("nodes"))
        .hasMessageContaining("must be a number from 1");
    assertThatThrownBy(options::refuseUnused).hasMessage("there is no option paris=");
    assertThatThrownBy(() -> new Options(List.of("rate"))).hasMessage("rate is not NAME=VALUE");
  }

  @Test
  void readsZeroesTruthsAndListsInJson() {
    Options options =
        new Options(List.of("pause=0", "kept=True", "writes=no", "words=[\"a=b\",\"c d\"]"));
    assertThat(options.numberFromZero("pause")).isZero();
    assertThat(options.truth("kept")).isTrue();
    assertThat(options.truth("writes")).isFalse();
    assertThat(options.words("words")).containsExactly("a=b", "c d");
    assertThatThrownBy(() -> options.truth("pause"))
        .hasMessage("pause= must be true or false, not 0");
  }
}
