package holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.platform.fixture.Answer;

/** Assertions about error answers. */
public final class ContractAssertions {

  private ContractAssertions() {}

  public static void assertError(Answer answer, int status, String mentioned) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.json().propertyNames())
        .containsExactlyInAnyOrder("message", "request_id", "code");
    assertThat(answer.json().get("message").asString())
        .contains(mentioned)
        .doesNotContainPattern("Exception|\\n\\s*at |java\\.|springframework|SQL|<html");
    assertThat(answer.json().get("code").asInt()).isEqualTo(status);
    assertThat(answer.json().get("request_id").asString())
        .isEqualTo(answer.header("X-Request-Id"))
        .matches("[0-9a-f]{32}");
  }
}
