package holdfast.platform.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FastByteArrayOutputStream;

/**
 * An answer's body that is kept back up to a limit, so that it can be begun anew, and streamed past
 * it, so that memory stays bounded.
 */
public final class SpillingBody extends OutputStream {

  private static final int FIRST_BLOCK = 16 * 1024;

  private final HttpServletResponse response;
  private final int limit;
  private final FastByteArrayOutputStream kept = new FastByteArrayOutputStream(FIRST_BLOCK);
  private @Nullable OutputStream spilled;

  public SpillingBody(HttpServletResponse response, int limit) {
    this.response = response;
    this.limit = limit;
  }

  /** True as long as the client has nothing of it. */
  public boolean isKept() {
    return spilled == null;
  }

  /** Forgets what was written; throws if the client has some of it already. */
  public void restart() {
    if (spilled != null) {
      throw new IllegalStateException("an answer broke after its first part was sent");
    }
    kept.reset();
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (spilled == null && kept.size() + length > limit) {
      spilled = response.getOutputStream();
      kept.writeTo(spilled);
      kept.reset();
    }
    if (spilled == null) {
      kept.write(bytes, offset, length);
    } else {
      spilled.write(bytes, offset, length);
    }
  }

  /** Sends what was kept back; its length is known then. */
  public void send() throws IOException {
    if (spilled == null) {
      response.setContentLength(kept.size());
      kept.writeTo(response.getOutputStream());
    }
  }
}
