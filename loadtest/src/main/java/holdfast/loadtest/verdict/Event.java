package holdfast.loadtest.verdict;

import com.fasterxml.jackson.annotation.JsonProperty;
import holdfast.loadtest.fault.FaultKind;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Something that the drill did or saw.
 *
 * @param atMs when it happened, in milliseconds since 1970
 * @param step the place of its step among the drill's steps, from 0
 * @param target the machine's role or name in the drill's file
 * @param host the machine
 * @param fault the step's kind of fault; null in a record that is older than this field
 */
public record Event(
    long atMs,
    Kind kind,
    int step,
    @Nullable String target,
    @Nullable String host,
    @Nullable String unit,
    @Nullable String text,
    @Nullable FaultKind fault) {

  /** What happened. */
  public enum Kind {
    @JsonProperty("inject")
    INJECT,
    @JsonProperty("proved")
    PROVED,
    /** The fault was still in place right before its healing. */
    @JsonProperty("held")
    HELD,
    @JsonProperty("not_held")
    NOT_HELD,
    @JsonProperty("heal")
    HEAL,
    @JsonProperty("healed")
    HEALED,
    @JsonProperty("not_healed")
    NOT_HEALED;

    /** The name as words, such as "not healed". */
    public String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  public boolean is(Kind other) {
    return kind == other;
  }

  /** The time of the first event of that kind; {@link Long#MAX_VALUE} if there is none. */
  public static long firstMs(List<Event> events, Kind kind) {
    return events.stream()
        .filter(event -> event.is(kind))
        .mapToLong(Event::atMs)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** The event in a few words, such as "inject: patroni on db3". */
  public String brief() {
    return kind.words() + ": " + where();
  }

  /** The unit and the machine, such as "patroni on db3". */
  public String where() {
    String where = host == null ? target : host;
    return Stream.of(unit, where).filter(Objects::nonNull).collect(Collectors.joining(" on "));
  }
}
