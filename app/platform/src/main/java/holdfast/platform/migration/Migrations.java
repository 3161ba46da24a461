package holdfast.platform.migration;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import holdfast.platform.errors.OneLine;
import holdfast.platform.postgres.SqlFailure;
import holdfast.platform.retry.Deadline;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.LoggerFactory;

/**
 * The deploy step that updates the schema as its owner, without starting the service. A migration
 * that waits for a lock blocks every later session that needs the table. The migration therefore
 * waits only briefly, lets the other sessions through, and tries again. Each migration is one
 * transaction. A migration that gives up changes nothing, and the earlier ones stay applied.
 */
public final class Migrations {

  private static final String LOCK_TIMEOUT = "MIGRATION_LOCK_TIMEOUT";

  /** The form of the lock timeout. The value 0 would mean no limit in PostgreSQL. */
  private static final Pattern SECONDS = Pattern.compile("[1-9]\\d?");

  /** Lets the sessions through that wait behind the migration. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private Migrations() {}

  /**
   * Returns the exit code: 0, or 1 after one line that says what to correct.
   *
   * @param schema the service's own schema, which must exist
   */
  public static int run(
      String schema, Map<String, String> environment, PrintStream out, PrintStream err) {
    return run(schema, environment, PATIENCE, List.of(), out, err);
  }

  static int run(
      String schema,
      Map<String, String> environment,
      Duration patience,
      List<String> moreLocations,
      PrintStream out,
      PrintStream err) {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
    try {
      out.println("migrations applied: " + migrate(schema, environment, patience, moreLocations));
      return 0;
    } catch (FlywayException | IllegalArgumentException e) {
      err.println("migrate: " + OneLine.of(e));
      return 1;
    }
  }

  private static int migrate(
      String schema,
      Map<String, String> environment,
      Duration patience,
      List<String> moreLocations) {
    PGSimpleDataSource owner = owner(schema, environment);
    List<String> locations = new ArrayList<>(moreLocations);
    locations.addAll(List.of("classpath:db/migration", "classpath:db/platform"));
    Flyway flyway =
        Flyway.configure()
            .dataSource(owner)
            .initSql("SET lock_timeout = '%ss'".formatted(lockTimeout(environment)))
            // Flyway's transactional lock would keep a transaction idle during the whole migration.
            .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
            .defaultSchema(schema)
            .createSchemas(false)
            .locations(locations.toArray(String[]::new))
            .validateMigrationNaming(true)
            .failOnMissingLocations(true)
            .load();
    int before = flyway.info().applied().length;
    untilUnlocked(flyway, owner, Deadline.in(patience));
    return flyway.info().applied().length - before;
  }

  private static void untilUnlocked(Flyway flyway, PGSimpleDataSource owner, Deadline end) {
    while (true) {
      try (LockHolderWatch holder = new LockHolderWatch(owner)) {
        try {
          flyway.migrate();
          return;
        } catch (FlywayException e) {
          SQLException sql = SqlFailure.in(e);
          if (sql == null || !SqlFailure.lockedOut(sql)) {
            throw e;
          }
          if (end.left().compareTo(PAUSE) < 0) {
            throw new IllegalArgumentException(
                holder.blocker()
                    + "; %s changed nothing, earlier ones stay applied:".formatted(waiting(flyway))
                    + " end that session, then try again");
          }
        }
      }
      pause();
    }
  }

  /** The first migration that isn't applied yet. */
  private static String waiting(Flyway flyway) {
    return Stream.of(flyway.info().pending())
        .findFirst()
        .map(migration -> "migration " + migration.getVersion())
        .orElse("the migration");
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalArgumentException(
          "interrupted; the migration that waited changed nothing, earlier ones stay applied", e);
    }
  }

  private static PGSimpleDataSource owner(String schema, Map<String, String> environment) {
    PGSimpleDataSource owner = new PGSimpleDataSource();
    owner.setURL(required(environment, "DB_MASTER_URL"));
    owner.setUser(required(environment, "DB_OWNER_USERNAME"));
    owner.setPassword(required(environment, "DB_OWNER_PASSWORD"));
    owner.setApplicationName("migrate " + schema);
    owner.setConnectTimeout(5);
    owner.setLoginTimeout(10);
    return owner;
  }

  private static String lockTimeout(Map<String, String> environment) {
    String seconds = required(environment, LOCK_TIMEOUT);
    if (!SECONDS.matcher(seconds).matches()) {
      throw new IllegalArgumentException(LOCK_TIMEOUT + " must be whole seconds, from 1 to 99");
    }
    return seconds;
  }

  private static String required(Map<String, String> environment, String name) {
    String value = environment.get(name);
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException(name + " is not set");
    }
    return value;
  }
}
