package holdfast.platform.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/**
 * Sockets whose peer is asked for a sign of life once they are silent, also while an answer is
 * awaited: a query that a frozen balancer has taken is lost when the VIP moves, but nothing tells
 * its connection, and a few of them use up the pool. While something sent is not acknowledged the
 * kernel sends it again instead of probes; the socket timeout ends that.
 */
public final class ProbedSockets extends SocketFactory {

  /** Two may be lost: a peer that is gone costs four times the silence. */
  private static final int PROBES = 3;

  private final int idleSeconds;

  /** Made by the driver, with {@code socketFactoryArg}: seconds of silence, and between probes. */
  public ProbedSockets(String idleSeconds) {
    this.idleSeconds = Integer.parseInt(idleSeconds);
  }

  @Override
  public Socket createSocket() throws IOException {
    Socket socket = new Socket();
    socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, idleSeconds);
    socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, idleSeconds);
    socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException("the driver connects by itself");
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw new UnsupportedOperationException("the driver connects by itself");
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException("the driver connects by itself");
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException("the driver connects by itself");
  }
}
