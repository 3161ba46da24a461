package holdfast.core.user;

import holdfast.platform.errors.Unavailable;
import holdfast.platform.validation.TextRule;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Hashes passwords with Argon2id, which takes passwords of any length. Bcrypt would ignore
 * everything after 72 bytes. Hashes are computed on a few platform threads. On virtual threads,
 * each hash would block a carrier thread, and reads would wait.
 */
@Component
final class Passwords implements AutoCloseable {

  private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
  private static final int WAITING = 64;

  /** OWASP's settings with the least memory: 7 MiB, five passes. */
  private final PasswordEncoder encoder = new Argon2PasswordEncoder(16, 32, 1, 7 * 1024, 5);

  private final ThreadPoolExecutor hashing =
      new ThreadPoolExecutor(
          THREADS, THREADS, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING));

  String hash(String password) {
    return compute(() -> encoder.encode(password));
  }

  /**
   * Tries the composed password first, because new hashes are made from it. Then tries the password
   * as it was typed, because older hashes were made from that.
   */
  boolean matches(String password, String hash) {
    String composed = TextRule.composed(password);
    return compute(() ->
        encoder.matches(composed, hash)
            || !composed.equals(password) && encoder.matches(password, hash));
  }

  @Override
  public void close() {
    hashing.shutdown();
  }

  private <T> T compute(Callable<T> work) {
    try {
      Future<T> result = hashing.submit(work);
      return result.get();
    } catch (RejectedExecutionException e) {
      throw new Unavailable("too many sign-ins at once");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("the service is stopping");
    } catch (ExecutionException e) {
      throw new IllegalStateException("hashing a password failed", e.getCause());
    }
  }
}
