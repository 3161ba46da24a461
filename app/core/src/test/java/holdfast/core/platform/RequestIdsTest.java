package holdfast.core.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class RequestIdsTest {

  private static final String REQUEST = "0123456789abcdef0123456789abcdef";

  @Test
  void whatARequestCreatesHasOneIdWhichAnotherNodeFindsToo() {
    UUID id = RequestIds.idOf("user", REQUEST);

    // Written out: a change of the rule would make a repeated request store twice.
    assertThat(id).hasToString("fce1a266-9e49-81c3-821b-164a9644ca1c");
    assertThat(id.version()).isEqualTo(8);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(RequestIds.idOf("post", REQUEST)).isNotEqualTo(id);
    assertThat(RequestIds.idOf("user", REQUEST.replace('0', '1'))).isNotEqualTo(id);
  }
}
