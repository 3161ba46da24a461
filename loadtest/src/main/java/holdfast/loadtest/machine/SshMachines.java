package holdfast.loadtest.machine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The machines by the OpenSSH client, with one connection for each that is kept open. */
public final class SshMachines implements Machines {

  /** What {@code ssh} itself exits with when there is no connection. */
  private static final int NO_CONNECTION = 255;

  private static final int CONNECT_MS = 1000;
  private static final Duration ORDER = Duration.ofSeconds(120);
  private static final Duration GOODBYE = Duration.ofSeconds(5);

  /** Noticed within 10 s: a machine that is gone, also by a connection that is kept. */
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
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  /**
   * How a service is asked.
   *
   * @param user null where no login is needed
   */
  public record ServiceAccess(int port, @Nullable String user, @Nullable String password) {}

  /**
   * @param orders the commands on the controller by verb; see {@link #order}
   * @throws IOException if the folder for the kept connections can't be made
   */
  public SshMachines(
      Map<String, MachineAccess> access,
      Map<Service, ServiceAccess> services,
      Map<String, List<String>> orders)
      throws IOException {
    this.access = access;
    this.services = services;
    this.orders = orders;
    // Short: the path of a Unix socket has at most 107 bytes.
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
    words.add(asRoot(command, to.becomePassword() != null));
    String fed = to.becomePassword() == null ? input : to.becomePassword() + "\n" + input;
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

  /** One line for the remote shell. Root needs no sudo, and may not have one. */
  static String asRoot(List<String> command, boolean password) {
    String words = command.stream().map(SshMachines::quoted).collect(Collectors.joining(" "));
    String sudo = password ? "sudo -k -S -p ''" : "sudo -n";
    String asRootAlready = password ? "{ read -r ignored; exec %s; }" : "exec %s";
    return "if [ \"$(id -u)\" = 0 ]; then %s; else exec %s -- %s; fi"
        .formatted(asRootAlready.formatted(words), sudo, words);
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
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
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(patience);
    if (how.user() != null) {
      String login = how.user() + ":" + how.password();
      byte[] bytes = login.getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
    }
    if (post != null) {
      request.header("Content-Type", "application/json");
      request.POST(HttpRequest.BodyPublishers.ofString(post));
    }
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Output(answer.statusCode(), answer.body(), "");
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
    disconnect(of(machine)); // a kept connection would hang with the machine that it led to
  }

  private void disconnect(MachineAccess to) throws InterruptedException {
    try {
      Processes.run(ssh(to, List.of("-O", "exit")), "", GOODBYE);
    } catch (IOException e) {
      // It ends by itself: see ServerAliveInterval and ControlPersist.
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
      // A folder in /tmp that is left costs nothing.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
