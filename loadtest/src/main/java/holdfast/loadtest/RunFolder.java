package holdfast.loadtest;

import holdfast.loadtest.history.History;
import holdfast.loadtest.history.JtlReader;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.history.RequestKind;
import holdfast.loadtest.logs.AccessLog;
import holdfast.loadtest.logs.JournalReader;
import holdfast.loadtest.logs.LogLine;
import holdfast.loadtest.logs.MergedLog;
import holdfast.loadtest.verdict.Event;
import holdfast.loadtest.verdict.Run;
import holdfast.loadtest.verdict.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files that a drill left. A file that can't be read counts as empty, and {@code problems} says
 * why. This way even a broken run gets a result that names what is missing.
 */
record RunFolder(
    Path folder,
    Drill drill,
    Run run,
    List<Event> events,
    History history,
    List<LogLine> lines,
    List<String> problems) {

  private static final long MOST_BYTES = 256L << 20;

  static RunFolder read(Path folder) {
    Reading reading = new Reading(folder);
    Drill drill = reading.file("drill.json", Json::drill, Drill.UNKNOWN);
    Run run = reading.file("run.json", Json::run, Run.unknown(drill.name()));
    List<Event> events = reading.file("events.jsonl", Json::events, List.of());
    List<Request> requests = reading.file("load.jtl", JtlReader::read, List.of());
    List<LogLine> lines = MergedLog.inOrder(reading.logs(run));
    boolean wrote = requests.stream().anyMatch(request -> request.kind() == RequestKind.WRITE);
    Map<String, Long> stored = wrote ? reading.file("stored.jsonl", Json::stored, null) : null;
    History history =
        new History(
            requests, AccessLog.byApp(lines, run), AccessLog.byDatabase(lines, run), stored);
    History whole = Schedule.complete(history, run);
    return new RunFolder(folder, drill, run, events, whole, lines, reading.problems);
  }

  @FunctionalInterface
  private interface Parser<T extends @Nullable Object> {
    T parse(Path file) throws IOException;
  }

  private static final class Reading {
    private final Path folder;
    private final List<String> problems = new ArrayList<>();

    private Reading(Path folder) {
      this.folder = folder;
    }

    private <T extends @Nullable Object> T file(String name, Parser<T> parser, T otherwise) {
      Path file = folder.resolve(name);
      try {
        long bytes = Files.size(file);
        if (bytes > MOST_BYTES) {
          throw new IOException("has %d MB, which is too much to judge".formatted(bytes >> 20));
        }
        return parser.parse(file);
      } catch (NoSuchFileException e) {
        problems.add(name + " is missing");
      } catch (IOException e) {
        problems.add(name + " can't be read: " + e.getMessage());
      }
      return otherwise;
    }

    private List<LogLine> logs(Run run) {
      List<LogLine> lines = new ArrayList<>();
      for (String machine : machines(run)) {
        String name = "logs/" + machine + ".jsonl";
        lines.addAll(file(name, file -> journal(machine, file), List.of()));
      }
      return lines;
    }

    /** Every machine logs something during a run, so an empty journal means that it was lost. */
    private static List<LogLine> journal(String machine, Path file) throws IOException {
      List<LogLine> lines = JournalReader.read(machine, file);
      if (lines.isEmpty()) {
        throw new IOException("it is empty");
      }
      return lines;
    }

    /**
     * All machines that left a log or should have left one. Without the logs of app nodes and
     * databases it is unknown which node served a request.
     */
    private List<String> machines(Run run) {
      Stream<String> needed =
          Stream.of(run.apps().keySet(), run.databases().keySet(), run.machines())
              .flatMap(Collection::stream);
      return Stream.concat(found(), needed).distinct().sorted().toList();
    }

    private Stream<String> found() {
      try (Stream<Path> files = Files.list(folder.resolve("logs"))) {
        return files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".jsonl"))
            .map(name -> name.substring(0, name.length() - ".jsonl".length()))
            .toList()
            .stream();
      } catch (IOException e) {
        problems.add("logs/ can't be listed: " + e.getMessage());
        return Stream.empty();
      }
    }
  }
}
