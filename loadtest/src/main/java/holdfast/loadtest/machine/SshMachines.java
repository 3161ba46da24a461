package holdfast.loadtest.machine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reaches the machines by the OpenSSH client. The connection to each machine is kept open. */
public final class SshMachines implements Machines {

  /** The exit code of {@code ssh} if there is no connection. */
  private static final int NO_CONNECTION = 255;

  private static final int CONNECT_MS = 1000;
  private static final Duration ORDER = Duration.ofSeconds(120);
  private static final Duration GOODBYE = Duration.ofSeconds(5);

  /**
   * Connections are kept for later commands. If a machine is gone, ssh notices it and ends the
   * connection after about 10 s.
   */
  private static final List<String> OPTIONS =
      List.of(
          "-o", "BatchMode=yes",
          "-o", "ControlMaster=auto",
          "-o", "ControlPersist=120",
          "-o", "ConnectTimeout=5",
          "-o", "ServerAliveInterval=3",
          "-o", "ServerAliveCountMax=3");

  private final Map<String, MachineAccess> access;
  private final Map<Service, ServiceAccess> services;
  private final Map<String, List<String>> orders;
  private final Path sockets;
  private final HttpRequests requests = new HttpRequests();

  /**
   * The port and the login of a service.
   *
   * @param user null if the service needs no login
   */
  public record ServiceAccess(int port, @Nullable String user, @Nullable String password) {

    /** Keeps the password out of every log. */
    @Override
    public String toString() {
      return "ServiceAccess[" + port + ", " + user + "]";
    }
  }

  /**
   * @param orders the controller's commands by verb; see {@link #order}
   * @throws IOException if the folder for the connections' sockets can't be made
   */
  public SshMachines(
      Map<String, MachineAccess> access,
      Map<Service, ServiceAccess> services,
      Map<String, List<String>> orders)
      throws IOException {
    this.access = access;
    this.services = services;
    this.orders = orders;
    // The folder's name is short, because the path of a Unix socket has at most 107 bytes.
    this.sockets = Files.createTempDirectory(Path.of("/tmp"), "drill");
  }

  @Override
  public Output run(String machine, List<String> command, String input, Duration patience)
      throws IOException, InterruptedException {
    return connected(machine, command, input, null, patience);
  }

  @Override
  public void save(String machine, List<String> command, Path file, Duration patience)
      throws IOException, InterruptedException {
    Output output = connected(machine, command, "", file, patience);
    if (output.code() != 0) {
      throw new IOException(machine + ": " + output.complaint());
    }
  }

  private Output connected(
      String machine, List<String> command, String input, @Nullable Path file, Duration patience)
      throws IOException, InterruptedException {
    MachineAccess to = of(machine);
    List<String> words = ssh(to, List.of());
    words.add(Sudo.line(command, to.becomePassword() != null));
    String fed = to.becomePassword() == null ? input : Sudo.input(to.becomePassword(), input);
    Output output;
    try {
      output = Processes.run(words, fed, file, patience);
    } catch (IOException e) {
      throw new IOException(machine + ": " + e.getMessage(), e);
    }
    if (output.code() == NO_CONNECTION) {
      throw new IOException(machine + " can't be reached: " + output.complaint());
    }
    return output;
  }

  private List<String> ssh(MachineAccess to, List<String> first) {
    List<String> words = new ArrayList<>(List.of("ssh"));
    words.addAll(first);
    words.addAll(OPTIONS);
    words.addAll(List.of("-o", "ControlPath=" + sockets.resolve("%C")));
    words.addAll(to.arguments());
    words.addAll(List.of("-p", String.valueOf(to.port())));
    if (to.user() != null) {
      words.addAll(List.of("-l", to.user()));
    }
    if (to.key() != null) {
      words.addAll(List.of("-i", to.key()));
    }
    words.add(to.address());
    return words;
  }

  @Override
  public boolean answers(String machine) {
    MachineAccess to = of(machine);
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(to.address(), to.port()), CONNECT_MS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public Output http(
      String machine, Service service, String path, @Nullable String post, Duration patience)
      throws IOException, InterruptedException {
    ServiceAccess how = services.get(service);
    URI uri = URI.create("http://%s:%d%s".formatted(of(machine).address(), how.port(), path));
    return requests.send(uri, how, post, patience);
  }

  @Override
  public void order(String verb, String machine) throws IOException, InterruptedException {
    List<String> command = orders.get(verb);
    if (command == null) {
      throw new IOException("drill_machine_commands has no command " + verb);
    }
    List<String> words = new ArrayList<>(command);
    words.add(machine);
    Output output = Processes.run(words, "", ORDER);
    if (output.code() != 0) {
      throw new IOException("%s %s: %s".formatted(verb, machine, output.complaint()));
    }
    disconnect(of(machine)); // the next command must not wait for a connection to a dead machine
  }

  private void disconnect(MachineAccess to) throws InterruptedException {
    try {
      Processes.run(ssh(to, List.of("-O", "exit")), "", GOODBYE);
    } catch (IOException e) {
      // The connection ends by itself: see ServerAliveInterval and ControlPersist.
    }
  }

  private MachineAccess of(String machine) {
    MachineAccess to = access.get(machine);
    if (to == null) {
      throw new IllegalArgumentException("no machine " + machine);
    }
    return to;
  }

  @Override
  public void close() {
    try {
      Set<MachineAccess> all = new HashSet<>(access.values());
      for (MachineAccess to : all) {
        disconnect(to);
      }
      Files.deleteIfExists(sockets);
    } catch (IOException e) {
      // A leftover folder in /tmp is harmless.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
