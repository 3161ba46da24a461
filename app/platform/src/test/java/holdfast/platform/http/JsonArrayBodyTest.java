package holdfast.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
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

  @Test
  void aShortArrayCanBeCompressed() throws Exception {
    JsonArrayBody body = body(10_000);
    body.compress();
    add(body, "\"holdfast\",".repeat(500) + "1", "2");
    body.send();

    assertThat(inflated()).isEqualTo("[" + "\"holdfast\",".repeat(500) + "1,\n2]");
    assertThat(response.getHeader("Content-Encoding")).isEqualTo("gzip");
    assertThat(response.getContentLength())
        .isEqualTo(response.getContentAsByteArray().length)
        .isLessThan(200);
  }

  @Test
  void aLongArrayCanBeCompressed() throws Exception {
    JsonArrayBody body = body(5);
    body.compress();
    add(body, "11111", "2");
    body.send();

    assertThat(inflated()).isEqualTo("[11111,\n2]");
    assertThat(response.getHeader("Content-Encoding")).isEqualTo("gzip");
    assertThat(response.getHeader("Content-Length")).isNull();
  }

  @Test
  void headersOfTheWholeArrayAreSetJustBeforeItIsSent() throws Exception {
    JsonArrayBody body = body(10_000);
    body.compress();
    add(body, "1".repeat(2000));
    assertThat(response.getHeaderNames()).doesNotContain("Content-Encoding");

    body.send(() -> response.addHeader("ETag", "sent"));

    assertThat(response.getHeaders("ETag")).containsExactly("sent");
    assertThat(response.getHeaders("Content-Encoding")).containsExactly("gzip");
  }

  @Test
  void aStreamedArrayHasNoHeadersOfAWholeOne() throws Exception {
    body(5, "11111", "2").send(() -> response.addHeader("ETag", "sent"));

    assertThat(response.getHeader("ETag")).isNull();
  }

  @Test
  void theLimitCanBeRaised() throws Exception {
    JsonArrayBody body = body(5, "1");
    assertThat(body.fits(10)).isFalse();
    body.keep(100);
    assertThat(body.fits(10)).isTrue();
    add(body, "1234567890");
    body.send();

    assertSent("[1,\n1234567890]");
    assertThat(response.getContentLength()).isEqualTo(15);
  }

  @Test
  void anAnswerOfOnePacketIsNotCompressed() throws Exception {
    JsonArrayBody body = body(100);
    body.compress();
    add(body, "1");
    body.send();

    assertSent("[1]");
    assertThat(response.getHeader("Content-Encoding")).isNull();
  }

  private String inflated() throws IOException {
    ByteArrayInputStream sent = new ByteArrayInputStream(response.getContentAsByteArray());
    return new String(new GZIPInputStream(sent).readAllBytes(), StandardCharsets.UTF_8);
  }
}
