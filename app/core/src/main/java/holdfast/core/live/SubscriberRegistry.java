package holdfast.core.live;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The subscribers of each user. */
final class SubscriberRegistry {

  private final ConcurrentHashMap<UUID, Set<Subscriber>> byUser = new ConcurrentHashMap<>();
  private final AtomicInteger size = new AtomicInteger();

  void add(Subscriber subscriber) {
    byUser.compute(
        subscriber.user(),
        (user, others) -> {
          Set<Subscriber> all = others == null ? ConcurrentHashMap.newKeySet(1) : others;
          if (all.add(subscriber)) {
            size.incrementAndGet();
          }
          return all;
        });
  }

  void remove(Subscriber subscriber) {
    byUser.computeIfPresent(
        subscriber.user(),
        (user, all) -> {
          if (all.remove(subscriber)) {
            size.decrementAndGet();
          }
          return all.isEmpty() ? null : all;
        });
  }

  Collection<Subscriber> of(UUID user) {
    return byUser.getOrDefault(user, Set.of());
  }

  Collection<UUID> users() {
    return List.copyOf(byUser.keySet());
  }

  Stream<Subscriber> all() {
    return byUser.values().stream().flatMap(Set::stream);
  }

  int size() {
    return size.get();
  }
}
