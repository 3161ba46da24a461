package holdfast.loadtest.verdict;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Something that the drill did or saw, at a moment in milliseconds since 1970. */
public record Event(
    long atMs,
    Kind kind,
    int step,
    @Nullable String target,
    @Nullable String host,
    @Nullable String unit,
    @Nullable String text) {

  /** What happened. */
  public enum Kind {
    @JsonProperty("inject")
    INJECT,
    @JsonProperty("proved")
    PROVED,
    @JsonProperty("not_proved")
    NOT_PROVED,
    @JsonProperty("heal")
    HEAL,
    @JsonProperty("healed")
    HEALED,
    @JsonProperty("not_healed")
    NOT_HEALED;

    /** For people: "not proved". */
    public String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  public boolean is(Kind other) {
    return kind == other;
  }

  /** The event in a few words: "inject: patroni on db3". */
  public String brief() {
    return kind.words() + ": " + where();
  }

  /** What it befell: "patroni on db3". */
  public String where() {
    String where = host == null ? target : host;
    return Stream.of(unit, where).filter(Objects::nonNull).collect(Collectors.joining(" on "));
  }
}
