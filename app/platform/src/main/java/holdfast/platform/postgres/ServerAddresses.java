package holdfast.platform.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.postgresql.PGConnection;

/**
 * Finds the address of the server behind a connection. The driver knows only the VIP. The address
 * is read once for each physical connection.
 */
public final class ServerAddresses {

  private final Map<PGConnection, String> known = Collections.synchronizedMap(new WeakHashMap<>());

  public String of(Connection connection) throws SQLException {
    PGConnection physical = connection.unwrap(PGConnection.class);
    String address = known.get(physical);
    if (address == null) {
      address = ask(connection);
      known.put(physical, address);
    }
    return address;
  }

  private static String ask(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery("SELECT host(inet_server_addr())")) {
      answer.next();
      String address = answer.getString(1);
      return address == null ? "socket" : address;
    }
  }
}
