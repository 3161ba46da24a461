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
 * Password hashes: Argon2id, which takes passwords of any length (bcrypt ignores what is past 72
 * bytes). Computed on few platform threads of its own: on virtual ones, each hash would hold a
 * carrier for its whole time, and reads would wait for it.
 */
@Component
final class Passwords implements AutoCloseable {

  private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
  private static final int WAITING = 64;

  /** OWASP's settings of least memory: 7 MiB, five passes. */
  private final PasswordEncoder encoder = new Argon2PasswordEncoder(16, 32, 1, 7 * 1024, 5);

  private final ThreadPoolExecutor hashing =
      new ThreadPoolExecutor(
          THREADS, THREADS, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING));

  String hash(String password) {
    return compute(() -> encoder.encode(password));
  }

  /** As it is kept, composed; or as it came, which older hashes were made of. */
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
