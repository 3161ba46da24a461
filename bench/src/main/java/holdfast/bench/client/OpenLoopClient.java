package holdfast.bench.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * Sends GETs at a fixed rate, whether or not earlier ones have an answer (an open loop).
 *
 * <p>One thread does everything, and reads all bodies into one buffer. So a request takes little
 * CPU time and waits for no lock. The client must be cheap, because it shares the processors with
 * the measured system.
 */
public final class OpenLoopClient implements AutoCloseable {

  /** Judges an answer. Returns the outcome for the result. */
  public interface Judge {
    String outcome(int index, HttpAnswer answer);
  }

  /** The outcome of a request for which no further connection could be opened. */
  public static final String NO_CONNECTION = "not sent: the load generator had no connection left";

  /**
   * The core nodes accept fewer connections than this. The limit bounds the client's memory and
   * ports.
   */
  private static final int MOST_OPEN = 8000;

  /**
   * A connection that was idle for longer is not used again. nginx closes it after 75 idle seconds
   * (nginx's default).
   */
  private static final long IDLE_NANOS = Duration.ofSeconds(30).toNanos();

  private static final String CLOSED = "closed without an answer";
  private static final String CUT = "closed before the end of the answer";
  private static final int BUFFER = 256 * 1024;
  private static final long MILLI = 1_000_000;

  /** How often the client looks for requests that have taken too long. */
  private static final int LOOK_MILLIS = 100;

  private final InetSocketAddress address;
  private final String headers;
  private final long patience;
  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private final Deque<OpenLoopConnection> idle = new ArrayDeque<>();
  private final Set<OpenLoopConnection> busy = new HashSet<>();
  private final List<Exchange> done = new ArrayList<>();
  private long looked;

  /**
   * @param headers lines for every request, such as "Cache-Control: no-store"
   * @param patience a request fails if its answer takes longer
   */
  public OpenLoopClient(URI server, List<String> headers, Duration patience) throws IOException {
    this.address = new InetSocketAddress(server.getHost(), server.getPort());
    this.headers = "\r\nHost: " + server.getAuthority() + lines(headers) + "\r\n\r\n";
    this.patience = patience.toNanos();
    this.selector = Selector.open();
  }

  private static String lines(List<String> headers) {
    return headers.isEmpty() ? "" : "\r\n" + String.join("\r\n", headers);
  }

  /** Returns when every request has an answer or has failed. */
  public List<Exchange> send(double perSecond, int count, IntFunction<String> paths, Judge judge)
      throws IOException, InterruptedException {
    done.clear();
    ArrivalSchedule schedule = new ArrivalSchedule(System.nanoTime(), perSecond, count);
    while (schedule.left() || !busy.isEmpty()) {
      selector.select(Math.clamp(schedule.millisToNext(), 1, LOOK_MILLIS));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      beginDue(schedule, paths);
      for (SelectionKey key : selector.selectedKeys()) {
        if (key.isValid()) {
          proceed((OpenLoopConnection) key.attachment(), judge);
        }
        beginDue(
            schedule, paths); // a request must not wait until hundreds of answers have been read
      }
      selector.selectedKeys().clear();
      giveUp();
    }
    return List.copyOf(done);
  }

  private void beginDue(ArrivalSchedule schedule, IntFunction<String> paths) {
    while (schedule.left() && schedule.due() <= System.nanoTime()) {
      begin(schedule.index(), schedule.due(), paths.apply(schedule.index()));
      schedule.advance();
    }
  }

  private void begin(int index, long due, String path) {
    long now = System.nanoTime();
    if (busy.size() == MOST_OPEN) {
      done.add(new Exchange(due, now, now, NO_CONNECTION));
      return;
    }
    byte[] request = ("GET " + path + " HTTP/1.1" + headers).getBytes(US_ASCII);
    OpenLoopConnection connection = null;
    try {
      connection = rested().orElse(null);
      if (connection == null) {
        connection = new OpenLoopConnection(address, selector);
      }
      busy.add(connection);
      connection.send(request, index, due);
    } catch (IOException e) {
      done.add(new Exchange(due, now, System.nanoTime(), e.getClass().getSimpleName()));
      if (connection != null) {
        busy.remove(connection);
        connection.close();
      }
    }
  }

  /**
   * Takes the idle connection that was used last. If it is too old, the others are too, and all are
   * closed.
   */
  private Optional<OpenLoopConnection> rested() {
    OpenLoopConnection newest = idle.pollLast();
    if (newest != null && newest.ageNanos() > IDLE_NANOS) {
      newest.close();
      idle.forEach(OpenLoopConnection::close);
      idle.clear();
      return Optional.empty();
    }
    return Optional.ofNullable(newest);
  }

  private void proceed(OpenLoopConnection connection, Judge judge) {
    try {
      if (!connection.proceed(buffer)) {
        return;
      }
      HttpAnswer answer = connection.answer();
      end(connection, judge.outcome(connection.index(), answer));
      if (answer.closes()) {
        connection.close();
      } else {
        connection.rest();
        idle.addLast(connection);
      }
    } catch (EOFException e) {
      fail(connection, connection.answer().hasBegun() ? CUT : CLOSED);
    } catch (IOException e) {
      fail(connection, e.getClass().getSimpleName() + " " + e.getMessage());
    }
  }

  private void giveUp() {
    long now = System.nanoTime();
    if (now - looked < LOOK_MILLIS * MILLI) {
      return;
    }
    looked = now;
    for (OpenLoopConnection connection : List.copyOf(busy)) {
      if (connection.ageNanos() > patience) {
        fail(connection, "no answer within " + patience / (1000 * MILLI) + " s");
      }
    }
  }

  private void fail(OpenLoopConnection connection, String why) {
    connection.close();
    if (!idle.remove(connection)) {
      end(connection, why);
    }
  }

  private void end(OpenLoopConnection connection, String outcome) {
    busy.remove(connection);
    done.add(connection.exchange(outcome));
  }

  @Override
  public void close() throws IOException {
    busy.forEach(OpenLoopConnection::close);
    idle.forEach(OpenLoopConnection::close);
    selector.close();
  }
}
