package holdfast.loadtest;

import holdfast.loadtest.verdict.Event;
import holdfast.loadtest.verdict.Expectations;
import holdfast.loadtest.verdict.Promises;
import holdfast.loadtest.verdict.Result;
import holdfast.loadtest.verdict.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads and writes the JSON files of a run folder. */
final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private static final DeserializationFeature[] WHOLE = {
    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES
  };

  private Json() {}

  static Drill drill(Path file) throws IOException {
    return parsed(() -> {
      JsonNode node = MAPPER.readTree(file);
      return new Drill(
          node.required("name").asString(),
          node.path("component").asString(""),
          node.path("fault").asString(""),
          node.path("promise").asString(""),
          new Expectations(steps(node.required("steps")), promises(node.required("expect"))));
    });
  }

  private static List<Expectations.Step> steps(JsonNode steps) {
    return steps.values().stream()
        .map(step -> {
          JsonNode healAtS = step.path("heal_at_s");
          return new Expectations.Step(
              step.required("at_s").doubleValue(),
              healAtS.isMissingNode() ? null : healAtS.doubleValue());
        })
        .toList();
  }

  /** Refuses unknown keys. Otherwise a misspelt promise would never be checked. */
  private static Promises promises(JsonNode expect) {
    return MAPPER
        .readerFor(Promises.class)
        .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .readValue(expect);
  }

  /**
   * The leader, the holders of the VIPs and the version may be missing, because reports show them
   * but the verdict doesn't need them.
   */
  static Run run(Path file) throws IOException {
    return parsed(() -> {
      if (!(MAPPER.readTree(file) instanceof ObjectNode run)) {
        throw new IllegalArgumentException("it is not a JSON object");
      }
      run.putIfAbsent("leader", MAPPER.valueToTree(""));
      run.putIfAbsent("vip_holders", MAPPER.createObjectNode());
      run.putIfAbsent("version", MAPPER.valueToTree(""));
      return MAPPER.readerFor(Run.class).withFeatures(WHOLE).readValue(run);
    });
  }

  static List<Event> events(Path file) throws IOException {
    List<Event> events = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank()) {
        events.add(parsed(() -> event(line)));
      }
    }
    return events;
  }

  /** How often each text is stored. If several lines name the same text, their counts are added. */
  static Map<String, Long> stored(Path file) throws IOException {
    Map<String, Long> stored = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank()) {
        Stored one =
            parsed(() -> MAPPER.readerFor(Stored.class).withFeatures(WHOLE).readValue(line));
        stored.merge(one.text(), one.count(), Long::sum);
      }
    }
    return stored;
  }

  private record Stored(String text, long count) {
    private Stored {
      if (count < 1) {
        throw new IllegalArgumentException("the count of a stored text is below 1");
      }
    }
  }

  private static Event event(String line) {
    Event event = MAPPER.readValue(line, Event.class);
    if (event.atMs() <= 0 || event.kind() == null) {
      throw new IllegalArgumentException("an event without at_ms or kind");
    }
    return event;
  }

  /**
   * Reads what {@link #write} wrote. A file of an older version, with other figures, is refused.
   */
  static Result result(Path file) throws IOException {
    String content = Files.readString(file);
    return parsed(() ->
        MAPPER
            .readerFor(Result.class)
            .with(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .readValue(content));
  }

  static void write(Path file, Object content) throws IOException {
    Files.writeString(file, MAPPER.writeValueAsString(content) + "\n");
  }

  @FunctionalInterface
  private interface Parse<T> {
    T parse();
  }

  private static <T> T parsed(Parse<T> parse) throws IOException {
    try {
      return parse.parse();
    } catch (JacksonException e) {
      throw new IOException(e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
