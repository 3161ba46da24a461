package holdfast.bench.common;

import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The options of a benchmark, as NAME=VALUE. Missing options and unknown options are errors. */
public final class Options {

  private static final JsonMapper JSON = new JsonMapper();

  private final Map<String, String> values = new LinkedHashMap<>();
  private final Set<String> unused;

  public Options(List<String> words) {
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(word + " is not NAME=VALUE");
      }
      values.put(word.substring(0, equals), word.substring(equals + 1));
    }
    unused = new TreeSet<>(values.keySet());
  }

  public String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name + "= is missing");
    }
    unused.remove(name);
    return value;
  }

  public int number(String name) {
    return number(name, text(name));
  }

  public int numberFromZero(String name) {
    return text(name).equals("0") ? 0 : number(name);
  }

  /** True or false, as Ansible and people write it. */
  public boolean truth(String name) {
    return switch (text(name).toLowerCase(Locale.ROOT)) {
      case "true", "yes" -> true;
      case "false", "no" -> false;
      default ->
          throw new IllegalArgumentException(name + "= must be true or false, not " + text(name));
    };
  }

  /** Different numbers, separated by commas. */
  public List<Integer> numbers(String name) {
    List<Integer> numbers =
        Arrays.stream(text(name).split(",")).map(value -> number(name, value)).toList();
    if (numbers.stream().distinct().count() < numbers.size()) {
      throw new IllegalArgumentException(name + "= repeats a number");
    }
    return numbers;
  }

  private static int number(String name, String value) {
    if (!value.matches("[1-9]\\d{0,7}")) {
      throw new IllegalArgumentException(name + "= must be a number from 1, not " + value);
    }
    return Integer.parseInt(value);
  }

  /** A list of words, written in JSON so that a word may contain any character. */
  public List<String> words(String name) {
    return JSON.readTree(text(name)).valueStream().map(JsonNode::asString).toList();
  }

  public URI uri(String name) {
    return URI.create(text(name));
  }

  /** URIs separated by commas. */
  public List<URI> uris(String name) {
    return Arrays.stream(text(name).split(",")).map(URI::create).toList();
  }

  /**
   * Refuses options that nobody has read. Otherwise a misspelt option would be ignored silently.
   */
  public void refuseUnused() {
    unused.stream()
        .findFirst()
        .ifPresent(name -> {
          throw new IllegalArgumentException("there is no option " + name + "=");
        });
  }

  public Map<String, String> all() {
    return values;
  }
}
