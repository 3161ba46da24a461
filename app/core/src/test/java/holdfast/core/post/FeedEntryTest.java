package holdfast.core.post;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

class FeedEntryTest {

  private static final FeedEntry ENTRY = new FeedEntry(lsn(0xf000_0000_0000_0001L), ids(3), ids(5));

  private static LogSequenceNumber lsn(long position) {
    return LogSequenceNumber.valueOf(position);
  }

  private static List<UUID> ids(int count) {
    return Stream.generate(UUID::randomUUID).limit(count).toList();
  }

  @Test
  void isDecodedAsItWasEncoded() {
    assertThat(FeedEntry.decode(ENTRY.encode())).contains(ENTRY);
    FeedEntry empty = new FeedEntry(lsn(0), List.of(), List.of());
    assertThat(FeedEntry.decode(empty.encode())).contains(empty);
    // The largest entry has 5,000 friends and 1,000 posts.
    assertThat(new FeedEntry(lsn(1), ids(5000), ids(1000)).encode()).hasSizeLessThan(100_000);
  }

  @Test
  void truncatedEntriesAndOtherEncodingsAreIgnored() {
    assertThat(FeedEntry.decode(null)).isEmpty();
    byte[] good = ENTRY.encode();
    for (int length = 0; length < good.length; length++) {
      byte[] part = Arrays.copyOf(good, length);
      assertThat(FeedEntry.decode(part).filter(ENTRY::equals)).isEmpty();
    }
    for (byte form : new byte[] {0, 1, 'n'}) {
      byte[] other = good.clone();
      other[8] = form;
      assertThat(FeedEntry.decode(other)).isEmpty();
    }
    for (int high : new int[] {127, -128}) {
      byte[] tooMany = good.clone();
      tooMany[9] = (byte) high;
      assertThat(FeedEntry.decode(tooMany)).isEmpty();
    }
  }

  @Test
  void positionsAreComparedAsUnsignedNumbers() {
    assertThat(ENTRY.reaches(lsn(0xf000_0000_0000_0001L))).isTrue();
    assertThat(ENTRY.reaches(lsn(1))).isTrue();
    assertThat(ENTRY.reaches(lsn(0xf000_0000_0000_0002L))).isFalse();
  }

  @Test
  void pagesEndWhereTheEntryEnds() {
    assertThat(ENTRY.page(new FeedQuery(0, 2))).isEqualTo(ENTRY.posts().subList(0, 2));
    assertThat(ENTRY.page(new FeedQuery(3, 10))).isEqualTo(ENTRY.posts().subList(3, 5));
    assertThat(ENTRY.page(new FeedQuery(5, 10))).isEmpty();
    assertThat(ENTRY.page(new FeedQuery(990, 10))).isEmpty();
  }
}
