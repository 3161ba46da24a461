package holdfast.platform.db;

import holdfast.platform.postgres.SqlFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Work on one connection. */
@FunctionalInterface
interface Session<T> {

  T with(Connection connection) throws SQLException;

  /** Work of one statement. Without BEGIN and COMMIT it takes one round trip less. */
  static <T> Session<T> alone(Function<JdbcClient, T> work) {
    return connection -> {
      connection.setAutoCommit(true);
      return work.apply(client(connection));
    };
  }

  /** Work in one transaction. */
  static <T> Session<T> committed(Function<JdbcClient, T> work) {
    return connection -> {
      T result = work.apply(client(connection));
      connection.commit();
      return result;
    };
  }

  static JdbcClient client(Connection connection) {
    return JdbcClient.create(new SingleConnectionDataSource(connection, true));
  }

  /**
   * Runs the work, and repeats it on the same connection if a migration has outdated its prepared
   * statements. The driver then prepares them again. Another connection of the pool might fail in
   * the same way.
   */
  default T withRepreparing(Connection connection) throws SQLException {
    try {
      return with(connection);
    } catch (SQLException | DataAccessException e) {
      SQLException sql = SqlFailure.in(e);
      if (sql == null || !SqlFailure.outdated(sql)) {
        throw e;
      }
      // In auto-commit mode there is nothing to roll back, and JDBC forbids a rollback.
      if (!connection.getAutoCommit()) {
        connection.rollback();
      }
      return with(connection);
    }
  }
}
