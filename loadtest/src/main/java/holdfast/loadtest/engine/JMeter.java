package holdfast.loadtest.engine;

import holdfast.loadtest.machine.Machines.Output;
import holdfast.loadtest.machine.Processes;
import holdfast.loadtest.machine.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The load by JMeter, as a process of its own. */
final class JMeter implements LoadGenerator {

  private static final int WARM_UP_RATE = 50;
  private static final int WARM_UP_S = 20;
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration WARM_UP = Duration.ofSeconds(WARM_UP_S + 120);
  private static final Duration GOODBYE = Duration.ofSeconds(20);

  /** JMeter itself starts and warms up in this time. */
  private static final Duration LEAD = Duration.ofSeconds(12);

  /** A plan that asks for more than searches makes its own users first. */
  private static final Duration USERS = Duration.ofSeconds(12);

  /** The time after the last request within which the last answer must have come. */
  private static final Duration ANSWERS = Duration.ofSeconds(90);

  private static final long LOOK_EVERY_MS = 200;

  /**
   * The file with the id of a load's process. With it, the load of an interrupted drill can be
   * ended.
   */
  private static final String PID = "jmeter.pid";

  private final Settings settings;
  private final Time time;

  JMeter(Settings settings, Time time) {
    this.settings = settings;
    this.time = time;
  }

  @Override
  public void warmUp(Path folder) throws IOException, InterruptedException {
    List<String> command = command(settings.load().warmUpPlan(), WARM_UP_RATE, WARM_UP_S);
    command.addAll(List.of("-j", folder.resolve("warm-up.log").toString()));
    Output output = Processes.run(command, "", WARM_UP);
    if (output.code() != 0) {
      throw new IOException("the warm-up load failed: " + output.complaint());
    }
  }

  @Override
  public Duration lead(DrillSpec.Load load) {
    return load.plan().equals("search") ? LEAD : LEAD.plus(USERS);
  }

  @Override
  public Running start(DrillSpec.Load load, Path folder, long startMs)
      throws IOException, InterruptedException {
    List<String> command = command(load.plan(), load.rate(), load.durationS());
    command.add("-Jstart_ms=" + startMs);
    command.add("-Jtries=" + load.tries());
    if (load.patienceS() != null) {
      command.add("-Jresponse_timeout_ms=" + load.patienceS() * 1000);
    }
    command.addAll(List.of("-l", folder.resolve("load.jtl").toString()));
    command.addAll(List.of("-j", folder.resolve("jmeter.log").toString()));
    ProcessBuilder builder = Processes.detached(command).redirectErrorStream(true);
    Process process = builder.redirectOutput(folder.resolve("jmeter.out").toFile()).start();
    Load started = new Load(process, folder);
    try {
      Files.writeString(folder.resolve(PID), process.pid() + "\n");
      started.awaitFirstSample();
      return started;
    } catch (IOException | InterruptedException e) {
      started.end();
      throw e;
    }
  }

  private List<String> command(String plan, int rate, int durationS) {
    List<String> command = new ArrayList<>(settings.load().command());
    command.add("-Jmix=" + String.join(",", settings.load().mixes().get(plan)));
    command.add("-Jrate=" + rate);
    command.add("-Jduration=" + durationS);
    return command;
  }

  /**
   * Ends the load that an interrupted drill has left. Checks that the process is this load, because
   * another process may have got the same id since.
   */
  static void endForgotten(Path folder, long startMs) throws IOException, InterruptedException {
    Path file = folder.resolve(PID);
    if (!Files.exists(file)) {
      return;
    }
    String text = Files.readString(file).strip();
    Optional<ProcessHandle> left =
        text.matches("[0-9]{1,18}") ? ProcessHandle.of(Long.parseLong(text)) : Optional.empty();
    if (left.isPresent() && isOf(left.get(), startMs)) {
      left.get().destroy();
      try {
        left.get().onExit().get(GOODBYE.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        left.get().destroyForcibly();
      }
    }
  }

  private static boolean isOf(ProcessHandle process, long startMs) throws IOException {
    Path words = Path.of("/proc", String.valueOf(process.pid()), "cmdline");
    return Files.exists(words)
        && List.of(Files.readString(words).split("\0")).contains("-Jstart_ms=" + startMs);
  }

  private final class Load implements Running {

    private final Process process;
    private final Path folder;

    private Load(Process process, Path folder) {
      this.process = process;
      this.folder = folder;
    }

    private void awaitFirstSample() throws IOException, InterruptedException {
      boolean[] sent = {false};
      time.until(() -> (sent[0] = hasSample()) || !process.isAlive(), START, LOOK_EVERY_MS);
      mustRun();
      if (!sent[0]) {
        throw new IOException(
            "JMeter sent nothing within %d s: see %s"
                .formatted(START.toSeconds(), folder.resolve("jmeter.log")));
      }
    }

    /** The file begins with one line of column names. A line for each sample follows. */
    private boolean hasSample() {
      try {
        return Files.readAllLines(folder.resolve("load.jtl")).size() > 1;
      } catch (IOException e) {
        return false; // it isn't there yet
      }
    }

    @Override
    public void mustRun() throws IOException {
      if (!process.isAlive()) {
        throw ended();
      }
    }

    private IOException ended() {
      return new IOException(
          "JMeter has ended too early, with exit code %d: see %s"
              .formatted(process.exitValue(), folder.resolve("jmeter.log")));
    }

    @Override
    public void await(Duration left) throws IOException, InterruptedException {
      if (!process.waitFor(left.plus(ANSWERS))) {
        throw new IOException(
            "JMeter still waits for answers %d s after its last request"
                .formatted(ANSWERS.toSeconds()));
      }
      if (process.exitValue() != 0) {
        throw ended();
      }
    }

    @Override
    public void end() {
      process.destroy();
      try {
        if (!process.waitFor(GOODBYE.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
