package holdfast.platform;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.PrintStream;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.LoggerFactory;

/** The deploy step that updates the schema, as its owner, without starting the service. */
public final class Migrations {

  private Migrations() {}

  /**
   * Returns the exit code: 0, or 1 after one line that says what to mend.
   *
   * @param schema the service's own, which is there already
   */
  public static int run(
      String schema, Map<String, String> environment, PrintStream out, PrintStream err) {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
    try {
      out.println("migrations applied: " + migrate(schema, environment));
      return 0;
    } catch (FlywayException | IllegalArgumentException e) {
      err.println("migrate: " + OneLine.of(e));
      return 1;
    }
  }

  private static int migrate(String schema, Map<String, String> environment) {
    return Flyway.configure()
        .dataSource(
            required(environment, "DB_MASTER_URL"),
            required(environment, "DB_OWNER_USERNAME"),
            required(environment, "DB_OWNER_PASSWORD"))
        .jdbcProperties(Map.of("connectTimeout", "5", "loginTimeout", "10"))
        .defaultSchema(schema)
        .createSchemas(false)
        .locations("classpath:db/migration", "classpath:db/platform")
        .validateMigrationNaming(true)
        .failOnMissingLocations(true)
        .load()
        .migrate()
        .migrationsExecuted;
  }

  private static String required(Map<String, String> environment, String name) {
    String value = environment.get(name);
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException(name + " is not set");
    }
    return value;
  }
}
