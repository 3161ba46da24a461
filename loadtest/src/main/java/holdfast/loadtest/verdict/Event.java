package holdfast.loadtest.verdict;

import com.fasterxml.jackson.annotation.JsonProperty;
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
      return name().toLowerCase().replace('_', ' ');
    }
  }

  public boolean is(Kind other) {
    return kind == other;
  }

  /** The event in a few words: "inject db3 patroni". */
  public String brief() {
    return String.join(" ", kind.words(), orEmpty(host), orEmpty(unit)).strip();
  }

  private static String orEmpty(@Nullable String value) {
    return value == null ? "" : value;
  }
}
