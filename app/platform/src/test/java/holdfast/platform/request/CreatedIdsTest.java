package holdfast.platform.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.platform.errors.BadRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CreatedIdsTest {

  private static final String REQUEST = "0123456789abcdef0123456789abcdef";

  private final CreatedIds ids = new CreatedIds(new IdentityProperties("s".repeat(32)));

  @AfterEach
  void forget() {
    RequestTrace.set(null);
  }

  private UUID id(String request, @Nullable String key, String kind, String... scope) {
    RequestTrace.set(new RequestTrace(request, key));
    return ids.idOf(kind, scope);
  }

  @Test
  void aRequestGetsTheSameIdOnEveryNode() {
    UUID id = id(REQUEST, null, "user");

    // The literal id catches a change in how ids are made. If two releases made different ids, a
    // request that is repeated on both would be stored twice.
    assertThat(id).hasToString("93865028-f5af-8d6e-94b4-7ab1ccaa3c60");
    assertThat(id.version()).isEqualTo(8);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(id(REQUEST, null, "post")).isNotEqualTo(id);
    assertThat(id(REQUEST.replace('0', '1'), null, "user")).isNotEqualTo(id);
    CreatedIds others = new CreatedIds(new IdentityProperties("t".repeat(32)));
    RequestTrace.set(new RequestTrace(REQUEST, null));
    assertThat(others.idOf("user")).isNotEqualTo(id);
  }

  @Test
  void aClientsKeyReplacesTheRequestIdWithinItsScope() {
    UUID id = id(REQUEST, "mine", "post", "user-1");

    assertThat(id(REQUEST.replace('0', '1'), "mine", "post", "user-1")).isEqualTo(id);
    assertThat(id(REQUEST, "mine", "post", "user-2")).isNotEqualTo(id);
    assertThat(id(REQUEST, "other", "post", "user-1")).isNotEqualTo(id);
    assertThat(id(REQUEST, "mine", "post", "user", "-1")).isNotEqualTo(id);
  }

  @Test
  void aKeyIsNeverMistakenForARequestId() {
    assertThat(id("", REQUEST, "post")).isNotEqualTo(id(REQUEST, null, "post"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "ключ", "tab\t"})
  void malformedKeysAreRefused(String key) {
    assertThatThrownBy(() -> id(REQUEST, key, "post")).hasMessageContaining("Idempotency-Key must");
    assertThatThrownBy(() -> id(REQUEST, "x".repeat(256), "post")).isInstanceOf(BadRequest.class);
  }
}
