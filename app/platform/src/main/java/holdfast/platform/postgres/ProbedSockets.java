package holdfast.platform.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/**
 * Creates sockets with short TCP keep-alive intervals. The probes also run while an answer is
 * awaited. When the VIP leaves a frozen balancer, the queries that this balancer took are lost, and
 * nothing tells the client. A few connections that wait for lost queries would use up the pool.
 * While sent data isn't acknowledged, the kernel retransmits the data instead of probing. In that
 * case the socket timeout applies.
 */
public final class ProbedSockets extends SocketFactory {

  /** The number of probes. Two may be lost. A dead peer is noticed after four intervals. */
  private static final int PROBES = 3;

  private final int idleSeconds;

  /**
   * The driver calls this with {@code socketFactoryArg}.
   *
   * @param idleSeconds the seconds of silence before the first probe, and between probes
   */
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
    throw new UnsupportedOperationException("the driver connects the socket itself");
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw new UnsupportedOperationException("the driver connects the socket itself");
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException("the driver connects the socket itself");
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException("the driver connects the socket itself");
  }
}
