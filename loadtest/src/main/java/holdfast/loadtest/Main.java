package holdfast.loadtest;

import holdfast.loadtest.engine.DrillProgram;
import holdfast.loadtest.engine.Judge;
import holdfast.loadtest.history.JtlReader;
import holdfast.loadtest.logs.MergedLog;
import holdfast.loadtest.report.DrillReport;
import holdfast.loadtest.report.Matrix;
import holdfast.loadtest.report.ReportModel;
import holdfast.loadtest.timeline.Timeline;
import holdfast.loadtest.verdict.Result;
import holdfast.loadtest.verdict.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The commands, as {@link #USAGE} tells. */
final class Main {

  /** A command that fails has the exit code of an invalid drill: nothing was proved. */
  private static final int NOTHING_SHOWN = 2;

  private static final String USAGE =
      """
      usage: java -jar loadtest.jar drill            run drills; ansible/drill.yml hands over the settings on standard input
             java -jar loadtest.jar heal             heal what an interrupted drill has left; needs the same settings
             java -jar loadtest.jar verdict RUNDIR   judge a drill; exit 0 passed, 1 failed, 2 invalid
             java -jar loadtest.jar matrix OUTDIR RUNDIR...   many drills on one page; exit code of the worst drill
             java -jar loadtest.jar summary JTL      a load's figures in one line\
      """;

  private Main() {}

  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT); // reports and messages have a decimal point on every host
    System.exit(run(args, System.out, System.err));
  }

  static int run(String[] args, PrintStream out, PrintStream err) {
    try {
      List<String> words = List.of(args);
      if (words.size() > 2 && words.getFirst().equals("matrix")) {
        return matrix(Path.of(args[1]), words.stream().skip(2).map(Path::of).toList(), out);
      }
      if (words.size() == 1 && words.getFirst().matches("drill|heal")) {
        return drills(words.getFirst(), out);
      }
      return switch (args.length == 2 ? args[0] : "") {
        case "verdict" -> verdict(Path.of(args[1]), out, err);
        case "summary" -> summary(Path.of(args[1]), out);
        default -> refuse(USAGE, err);
      };
    } catch (IOException | RuntimeException e) {
      return refuse(e.getClass().getSimpleName() + ": " + e.getMessage(), err);
    }
  }

  private static int drills(String command, PrintStream out) {
    DrillProgram.Command what = DrillProgram.Command.valueOf(command.toUpperCase(Locale.ROOT));
    return Interruption.orderly(() -> DrillProgram.run(what, System.in, out, judge(out)));
  }

  private static Judge judge(PrintStream out) {
    return new Judge() {
      @Override
      public Result.Outcome judge(Path folder) throws IOException {
        return judged(folder, out);
      }

      @Override
      public void sumUp(Path folder, List<Path> runs) throws IOException {
        matrix(folder, runs, out);
      }
    };
  }

  private static int verdict(Path folder, PrintStream out, PrintStream err) throws IOException {
    if (!Files.isDirectory(folder)) {
      return refuse("There is no folder " + folder + ": name the run's folder", err);
    }
    return judged(folder, out).exitCode();
  }

  private static Result.Outcome judged(Path folder, PrintStream out) throws IOException {
    RunFolder read = RunFolder.read(folder);
    Result result =
        read.problems().isEmpty()
            ? Verdict.of(read.history(), read.events(), read.run(), read.drill().expected())
            : Verdict.unreadable(read.history(), read.events(), read.run(), read.problems());
    Json.write(folder.resolve("result.json"), result);
    MergedLog.write(folder.resolve("merged.log"), read.lines());
    DrillReport.write(folder.resolve("report.html"), model(read, result));
    out.println(Summary.of(result, read.drill().expected().promised()));
    return result.verdict();
  }

  private static ReportModel model(RunFolder read, Result result) {
    Drill drill = read.drill();
    Timeline timeline = Timeline.of(read.lines(), read.run(), read.events(), read.history());
    return new ReportModel(
        drill.promise(), drill.expected(), read.run(), read.history(), result, timeline);
  }

  private static int matrix(Path folder, List<Path> runs, PrintStream out) throws IOException {
    Matrix matrix = MatrixFolder.write(folder, runs);
    out.printf(
        "%d drills: %d passed, %d failed, %d invalid; see %s%n",
        runs.size(),
        matrix.count(Result.Outcome.PASSED),
        matrix.count(Result.Outcome.FAILED),
        matrix.count(Result.Outcome.INVALID),
        folder.resolve("index.html"));
    return matrix.verdict().exitCode();
  }

  private static int summary(Path jtl, PrintStream out) throws IOException {
    out.println(Summary.of(JtlReader.read(jtl)));
    return 0;
  }

  private static int refuse(String why, PrintStream err) {
    err.println(why);
    return NOTHING_SHOWN;
  }
}
