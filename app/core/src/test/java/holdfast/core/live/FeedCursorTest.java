package holdfast.core.live;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.core.fixture.Shared;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FeedCursorTest {

  @Test
  void cursorsAreSortedAsPostgresqlSortsThem() throws Exception {
    List<FeedCursor> cursors = new ArrayList<>();
    String sql =
        """
        SELECT xid, CAST(id AS uuid)
        FROM unnest(ARRAY['00000000-0000-0000-0000-000000000000',
                          '7fffffff-ffff-ffff-ffff-ffffffffffff',
                          '80000000-0000-0000-0000-000000000000',
                          '80000000-0000-0000-7fff-ffffffffffff',
                          '80000000-0000-0000-8000-000000000000',
                          'ffffffff-ffff-ffff-ffff-ffffffffffff']) AS id,
             unnest(ARRAY[3, 4294967296]) AS xid
        ORDER BY 1, 2
        """;
    try (Connection connection = Shared.postgres().connect();
        ResultSet rows = connection.createStatement().executeQuery(sql)) {
      while (rows.next()) {
        cursors.add(new FeedCursor(rows.getLong(1), rows.getObject(2, UUID.class)));
      }
    }

    assertThat(cursors).hasSize(12).isSorted();
    assertThat(Stream.of(cursors.getLast(), cursors.getFirst()).sorted())
        .containsExactly(cursors.getFirst(), cursors.getLast());
    assertThat(cursors.getFirst().isAfter(FeedCursor.START)).isTrue();
    assertThat(cursors.getFirst().isAfter(cursors.getFirst())).isFalse();
  }
}
