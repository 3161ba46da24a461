package holdfast.chat;

import holdfast.platform.db.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** The messages in the database. */
@Repository
final class Messages {

  static final String INSERT =
      """
      INSERT INTO messages (id, low_user, high_user, from_low, text, sent_at)
      VALUES (?, ?, ?, ?, ?, greatest(clock_timestamp(),
        (SELECT max(sent_at) + interval '1 microsecond' FROM messages
         WHERE low_user = ? AND high_user = ?)))
      ON CONFLICT (id) DO NOTHING
      """;

  private static final String SAME =
      """
      SELECT low_user = ? AND high_user = ? AND from_low = ? AND text = ?
      FROM messages WHERE id = ?
      """;

  private static final String SELECT =
      "SELECT id, from_low, text, sent_at FROM messages WHERE low_user = ? AND high_user = ?";

  /**
   * The number of rows that the driver fetches at once, and holds in memory for each connection. A
   * text may take 40 KB.
   */
  private static final int FETCH_SIZE = 64;

  private final Database database;
  private final JsonMapper json;

  Messages(Database database, JsonMapper json) {
    this.database = database;
    this.json = json;
  }

  /**
   * Stores the message. A message that is added twice is stored once. Returns false if another
   * message has this id.
   */
  boolean add(UUID id, Message message) {
    Dialog dialog = Dialog.of(message.from(), message.to());
    boolean fromLow = dialog.low().equals(message.from());
    return database.write(
        dialog.marks(),
        jdbc -> {
          int added =
              jdbc.sql(INSERT)
                  .params(id, dialog.low(), dialog.high(), fromLow, message.text())
                  .params(dialog.low(), dialog.high())
                  .update();
          return added == 1
              || jdbc.sql(SAME)
                  .params(dialog.low(), dialog.high(), fromLow, message.text(), id)
                  .query(Boolean.class)
                  .single();
        });
  }

  MessagePage page(Dialog dialog, MessagePageQuery query) {
    List<Object> parameters = new ArrayList<>();
    String sql = pageSql(dialog, query, parameters);
    return database.read(
        dialog.marks(),
        jdbc -> {
          MessagePage page = new MessagePage(json, query.limit());
          JdbcClient.StatementSpec newest = jdbc.sql(sql).params(parameters);
          newest.withFetchSize(FETCH_SIZE).query(into(page, dialog));
          return page;
        });
  }

  static String pageSql(Dialog dialog, MessagePageQuery query, List<Object> parameters) {
    StringBuilder sql = new StringBuilder(SELECT);
    parameters.addAll(List.of(dialog.low(), dialog.high()));
    MessageCursor before = query.before();
    if (before != null) {
      sql.append(" AND (sent_at, id) < (?, ?)");
      parameters.addAll(List.of(before.sentAt(), before.id()));
    }
    // One row more than the limit tells whether older messages remain.
    parameters.add(query.limit() + 1);
    return sql.append(" ORDER BY sent_at DESC, id DESC LIMIT ?").toString();
  }

  private static ResultSetExtractor<Boolean> into(MessagePage page, Dialog dialog) {
    return rows -> {
      boolean room = true;
      while (room && rows.next()) {
        room = page.take(message(rows, dialog), position(rows));
      }
      return room;
    };
  }

  private static Message message(ResultSet row, Dialog dialog) throws SQLException {
    return row.getBoolean("from_low")
        ? new Message(dialog.low(), dialog.high(), row.getString("text"))
        : new Message(dialog.high(), dialog.low(), row.getString("text"));
  }

  private static MessageCursor position(ResultSet row) throws SQLException {
    return new MessageCursor(
        row.getObject("sent_at", OffsetDateTime.class), row.getObject("id", UUID.class));
  }
}
