package holdfast.platform.validation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextRuleTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        " \t\n\u00a0\u2003\u3000\u2028",
        "\u0001\u001b\u0085",
        "\u00ad",
        "\u034f",
        "\u115f\u1160",
        "\u200b",
        "\u200d",
        "\u202e",
        "\u2060",
        "\u2800",
        "\u3164",
        "\ufe0f",
        "\ufeff",
        "\uffa0",
        "\udb40\udc20\udb40\uddef",
        " \u200b \u3164\u2800\n"
      })
  void aTextOfInvisibleCharactersIsBlank(String text) {
    assertThat(TextRule.problem(text, 1, 100)).isEqualTo("must not be blank");
    assertThat(TextRule.problem(text, 0, 100)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".",
        "\u200b.\u200b",
        "\u0301",
        "\u06dd",
        "\u2801",
        "\u2764\ufe0f",
        "\ufffd",
        "\uffff",
        "\udbff\udfff",
        "\ue000"
      })
  void oneVisibleCharacterIsEnough(String text) {
    assertThat(TextRule.problem(text, 1, 100)).isNull();
  }
}
