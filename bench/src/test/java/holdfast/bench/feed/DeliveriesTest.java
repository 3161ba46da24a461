package holdfast.bench.feed;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.bench.common.Latency;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeliveriesTest {

  private static final long MS = 1_000_000;

  private final Deliveries deliveries =
      new Deliveries(List.of(Set.of("ann"), Set.of("ann", "bob"), Set.of()));

  @Test
  void expectsEachPostOnceAtEachFriendOfItsAuthor() {
    deliveries.posted("p1", "ann", 100 * MS);
    deliveries.posted("p2", "bob", 200 * MS);
    deliveries.received(0, "p1", 103 * MS);
    deliveries.received(1, "p1", 105 * MS);
    deliveries.received(1, "p2", 201 * MS);
    assertThat(deliveries.tally())
        .isEqualTo(new Deliveries.Tally(3, 0, 0, 0, new Latency(3.0, 5.0, 5.0)));
    assertThat(deliveries.received()).isEqualTo(deliveries.expected()).isEqualTo(3);
  }

  @Test
  void countsAMissedDeliveryAlthoughAnotherOneIsRepeated() {
    deliveries.posted("p1", "ann", 0);
    deliveries.posted("p2", "bob", 0);
    deliveries.received(0, "p1", MS);
    deliveries.received(1, "p1", MS);
    deliveries.received(1, "p1", 2 * MS);
    deliveries.received(1, "p1", 3 * MS);
    assertThat(deliveries.tally())
        .extracting(Deliveries.Tally::expected, Deliveries.Tally::missed, Deliveries.Tally::twice)
        .containsExactly(3L, 1L, 2L);
  }

  @Test
  void countsDeliveriesOfPostsByOthersThanFriends() {
    deliveries.posted("p2", "bob", 0);
    deliveries.received(0, "p2", MS);
    deliveries.received(1, "p2", MS);
    deliveries.received(2, "p2", MS);
    assertThat(deliveries.tally())
        .isEqualTo(new Deliveries.Tally(1, 0, 0, 2, new Latency(1.0, 1.0, 1.0)));
  }

  @Test
  void ignoresPostsThatWereNeverAdded() {
    deliveries.received(0, "warm-up", MS);
    assertThat(deliveries.tally())
        .isEqualTo(new Deliveries.Tally(0, 0, 0, 0, new Latency(null, null, null)));
  }

  @Test
  void countsADeliveryBeforeTheAnswerWithLatencyZero() {
    deliveries.received(0, "p1", 90 * MS);
    deliveries.posted("p1", "ann", 100 * MS);
    assertThat(deliveries.tally().latency().p50Ms()).isZero();
  }

  @Test
  void findsTheIdOfThePostInAnEventWithAnySpacing() {
    assertThat(FeedSubscriber.postId("{\"postId\":\"a-1\",\"postText\":\"postId\"}"))
        .isEqualTo("a-1");
    assertThat(FeedSubscriber.postId("{\"postText\": \"x\", \"postId\" : \"a-2\" }"))
        .isEqualTo("a-2");
  }
}
