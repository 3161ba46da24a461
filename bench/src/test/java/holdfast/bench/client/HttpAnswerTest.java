package holdfast.bench.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class HttpAnswerTest {

  private final HttpAnswer answer = new HttpAnswer();

  @Test
  void endsAfterTheLengthThatItNames() throws IOException {
    String text = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX-One: a: b\r\n\r\n[\"А\"]";
    assertThat(byteByByte(text)).isEqualTo(text.getBytes(UTF_8).length);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("x-one")).isEqualTo("a: b");
    assertThat(answer.header("x-two")).isEmpty();
    assertThat(answer.beginning()).isEqualTo("[\"А\"]");
    assertThat(answer.closes()).isFalse();
  }

  @Test
  void endsAfterTheLastChunk() throws IOException {
    String text =
        "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            + "a;x=1\r\n0123456789\r\n2\r\nab\r\n0\r\nX: trailer\r\n\r\n";
    assertThat(byteByByte(text)).isEqualTo(text.length());
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.beginning()).isEqualTo("0123456789ab");
    assertThat(answer.closes()).isTrue();
  }

  @Test
  void takesAllThatHasArrivedAtOnce() throws IOException {
    String text = "HTTP/1.1 200\r\nContent-Length: 5000\r\n\r\n";
    assertThat(take(text + "y".repeat(2000))).isFalse();
    assertThat(answer.hasBegun()).isTrue();
    assertThat(take("z".repeat(3000))).isTrue();
    assertThat(answer.beginning()).isEqualTo("y".repeat(1024));
  }

  @Test
  void anAnswerWithoutABodyEndsWithItsHeaders() throws IOException {
    assertThat(answer.hasBegun()).isFalse();
    assertThat(take("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")).isTrue();
  }

  @Test
  void refusesWhatIsNoAnswer() {
    assertThatThrownBy(() -> take("SSH-2.0\r\n")).hasMessage("the answer is not HTTP/1.1");
    assertThatThrownBy(() -> new HttpAnswer().take(bytes("HTTP/1.1 200 OK\r\n\r\n")))
        .hasMessage("the answer doesn't say how long it is");
    assertThatThrownBy(() -> new HttpAnswer().take(bytes("HTTP/1.1 200 OK\r\nServer\r\n")))
        .hasMessage("a header of the answer has no colon");
    assertThatThrownBy(() -> new HttpAnswer().take(bytes("H".repeat(9000))))
        .hasMessage("a line of the answer is too long");
  }

  /** Returns how many bytes were taken until the answer was complete. */
  private int byteByByte(String text) throws IOException {
    byte[] all = text.getBytes(UTF_8);
    for (int i = 0; i < all.length; i++) {
      if (answer.take(ByteBuffer.wrap(all, i, 1))) {
        return i + 1;
      }
    }
    return -1;
  }

  private boolean take(String text) throws IOException {
    return answer.take(bytes(text));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}
