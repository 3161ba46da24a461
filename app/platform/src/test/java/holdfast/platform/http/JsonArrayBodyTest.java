package holdfast.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;

class JsonArrayBodyTest {

  private final MockHttpServletResponse response = new MockHttpServletResponse();

  private JsonArrayBody body(int keptLimit, String... elements) throws IOException {
    JsonArrayBody body = new JsonArrayBody(response, keptLimit, ",\n");
    add(body, elements);
    return body;
  }

  private static void add(JsonArrayBody body, String... elements) throws IOException {
    for (String element : elements) {
      body.add(element.getBytes(StandardCharsets.UTF_8));
    }
  }

  private void assertSent(String json) throws Exception {
    assertThat(response.getContentAsString()).isEqualTo(json);
    assertThat(response.getContentType()).isEqualTo("application/json");
  }

  @Test
  void aShortArrayIsSentWithItsLength() throws Exception {
    body(100, "1", "2,3").send();

    assertSent("[1,\n2,3]");
    assertThat(response.getContentLength()).isEqualTo(8);
  }

  @Test
  void anArrayMayBeEmpty() throws Exception {
    body(100).send();

    assertSent("[]");
    assertThat(response.getContentLength()).isEqualTo(2);
  }

  @Test
  void aShortArrayCanBeRestarted() throws Exception {
    JsonArrayBody body = body(100, "1");
    body.restart();
    add(body, "2");
    body.send();

    assertSent("[2]");
    assertThat(response.getContentLength()).isEqualTo(3);
  }

  @Test
  void aLongArrayIsStreamedAndCannotBeRestarted() throws Exception {
    JsonArrayBody body = body(5, "11111", "2");

    assertThat(body.isKept()).isFalse();
    assertSent("[11111,\n2");
    assertThatIllegalStateException().isThrownBy(body::restart);

    body.send();
    assertSent("[11111,\n2]");
    assertThat(response.getHeader("Content-Length")).isNull();
  }
}
