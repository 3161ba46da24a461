package holdfast.loadtest.engine;

import holdfast.loadtest.machine.Machines.Service;
import holdfast.loadtest.machine.SshMachines;
import holdfast.loadtest.machine.SshMachines.ServiceAccess;
import holdfast.loadtest.machine.Time;
import holdfast.loadtest.verdict.Result;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Collectors;

/** The commands {@code drill} and {@code heal}, with the real machines, load and time. */
public final class DrillProgram {

  private DrillProgram() {}

  /** What the program is asked to do. */
  public enum Command {
    DRILL,
    HEAL
  }

  /**
   * Runs the command with the settings from {@code in}. Only one program at a time works in a
   * folder of results: the others wait.
   *
   * @return the exit code. 0: every drill passed, or everything is healed. 1: a drill broke a
   *     promise. 2: a drill was invalid, refused or interrupted, or the faults of an earlier drill
   *     could not be healed
   */
  public static int run(Command command, InputStream in, PrintStream out, Judge judge) {
    try {
      Settings settings = Settings.read(in);
      Files.createDirectories(settings.resultsDir());
      Path lock = settings.resultsDir().resolve("drill.lock");
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = alone(channel, out);
          SshMachines machines = machines(settings)) {
        Equipment equipment =
            new Equipment(
                settings,
                Files.readString(settings.fault()),
                machines,
                new AskedHealth(settings.health(), machines, Time.REAL),
                new JMeter(settings, Time.REAL),
                Time.REAL,
                judge,
                out::println);
        return switch (command) {
          case HEAL -> new Leftovers(equipment).healed() ? 0 : Result.Outcome.INVALID.exitCode();
          case DRILL -> new Drills(equipment).all();
        };
      }
    } catch (Refused e) {
      out.println(e.getMessage());
    } catch (IOException | RuntimeException e) {
      out.println(told(e));
    } catch (InterruptedException e) {
      out.println("the drill was interrupted");
    }
    return Result.Outcome.INVALID.exitCode();
  }

  /** The message of many exceptions names only the file; the exception's name says what failed. */
  static String told(Exception e) {
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  /**
   * Takes the lock, or waits for it. An interrupted drill may still heal, and two drills at once
   * would count each other's requests.
   */
  private static FileLock alone(FileChannel channel, PrintStream out) throws IOException {
    FileLock lock = channel.tryLock();
    if (lock != null) {
      return lock;
    }
    out.println("another drill runs or heals: waiting for its end");
    return channel.lock();
  }

  private static SshMachines machines(Settings settings) throws IOException {
    Settings.Patroni patroni = settings.patroni();
    return new SshMachines(
        settings.machines().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().access())),
        Map.of(
            Service.PATRONI,
            new ServiceAccess(patroni.port(), patroni.user(), patroni.password()),
            Service.CORE_MANAGEMENT,
            new ServiceAccess(settings.coreManagementPort(), null, null)),
        settings.machineCommands());
  }
}
