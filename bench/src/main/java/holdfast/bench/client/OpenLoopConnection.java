package holdfast.bench.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One connection of {@link OpenLoopClient}, with the request that it serves. */
final class OpenLoopConnection {

  private final SocketChannel channel;
  private final SelectionKey key;
  private ByteBuffer request = ByteBuffer.allocate(0);
  private HttpAnswer answer = new HttpAnswer();
  private int index;
  private long due;
  private long since;

  /** Begins to connect. */
  OpenLoopConnection(SocketAddress address, Selector selector) throws IOException {
    channel = SocketChannel.open();
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      boolean connected = channel.connect(address);
      key = channel.register(selector, connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT);
      key.attach(this);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Sends a request as soon as the connection can. */
  void send(byte[] bytes, int number, long dueNanos) throws IOException {
    request = ByteBuffer.wrap(bytes);
    answer = new HttpAnswer();
    index = number;
    due = dueNanos;
    since = System.nanoTime();
    if (channel.isConnected()) {
      write();
    }
  }

  /**
   * Continues after the kernel said that the connection is ready. Returns true if the answer is
   * complete.
   */
  boolean proceed(ByteBuffer buffer) throws IOException {
    if (key.isConnectable()) {
      channel.finishConnect();
      write();
    } else if (key.isWritable()) {
      write();
    } else if (key.isReadable()) {
      return read(buffer);
    }
    return false;
  }

  private void write() throws IOException {
    channel.write(request);
    key.interestOps(request.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }

  private boolean read(ByteBuffer buffer) throws IOException {
    if (channel.read(buffer.clear()) < 0) {
      throw new EOFException();
    }
    return answer.take(buffer.flip());
  }

  /** Frees the connection for the next request. */
  void rest() {
    since = System.nanoTime();
  }

  void close() {
    try {
      channel.close(); // this cancels the key too
    } catch (IOException e) {
      // The connection is gone, and this is all that is wanted.
    }
  }

  HttpAnswer answer() {
    return answer;
  }

  int index() {
    return index;
  }

  /** The finished request. */
  Exchange exchange(String outcome) {
    return new Exchange(due, since, System.nanoTime(), outcome);
  }

  /** For how long the request has been waiting for its answer, or the connection for a request. */
  long ageNanos() {
    return System.nanoTime() - since;
  }
}
