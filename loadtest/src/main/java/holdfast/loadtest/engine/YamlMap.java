package holdfast.loadtest.engine;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A mapping in a YAML file. Every refusal names the file and the line. */
final class YamlMap {

  private static final int MOST_BYTES = 64 << 10;
  private static final Pattern WHOLE = Pattern.compile("0|[1-9][0-9]{0,8}");
  private static final Pattern FRACTION = Pattern.compile("[01]([.][0-9]{1,9})?");

  private final String file;
  private final MappingNode node;

  private YamlMap(String file, MappingNode node) {
    this.file = file;
    this.node = node;
  }

  /** Refuses a repeated key. The parser doesn't, because here it makes only nodes and no values. */
  private static YamlMap of(String file, MappingNode node) throws Refused {
    YamlMap map = new YamlMap(file, node);
    Set<String> seen = new HashSet<>();
    for (NodeTuple entry : node.getValue()) {
      if (!seen.add(key(entry))) {
        throw map.refused(entry.getKeyNode(), "the key %s is there twice".formatted(key(entry)));
      }
    }
    return map;
  }

  /** The whole file, which must be one mapping. */
  static YamlMap read(Path path) throws Refused {
    String file = path.getParent().getFileName() + "/" + path.getFileName();
    try {
      Optional<Node> root = new Compose(LoadSettings.builder().build()).composeString(text(path));
      if (root.isPresent() && root.get() instanceof MappingNode mapping) {
        return of(file, mapping);
      }
      throw new Refused(file + ":1: the file must be a mapping of keys to values");
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw new Refused("%s:%d: the file is not YAML: %s".formatted(file, line, e.getProblem()));
    } catch (YamlEngineException | IOException e) {
      throw new Refused(file + " can't be read: " + e.getMessage());
    }
  }

  private static String text(Path path) throws IOException {
    if (Files.size(path) > MOST_BYTES) {
      throw new IOException("the file has more than " + MOST_BYTES + " bytes");
    }
    return Files.readString(path);
  }

  /**
   * The mapping as texts, numbers, lists and maps. Every value must have been read before, because
   * the methods that read a value refuse all other types.
   */
  Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    for (NodeTuple entry : node.getValue()) {
      values.put(key(entry), plain(entry.getValueNode()));
    }
    return values;
  }

  private Object plain(Node value) {
    return switch (value) {
      case MappingNode mapping -> new YamlMap(file, mapping).values();
      case SequenceNode list -> list.getValue().stream().map(this::plain).toList();
      case ScalarNode scalar when scalar.getTag().equals(Tag.STR) -> scalar.getValue();
      case ScalarNode scalar -> new BigDecimal(scalar.getValue());
      default -> throw new IllegalArgumentException("a node of type " + value.getNodeType());
    };
  }

  /** Refuses a key that isn't among these. */
  YamlMap only(String... allowed) throws Refused {
    List<String> names = List.of(allowed);
    for (NodeTuple entry : node.getValue()) {
      if (!names.contains(key(entry))) {
        throw refused(
            entry.getKeyNode(),
            "there is no key %s here; there are: %s"
                .formatted(key(entry), String.join(", ", names)));
      }
    }
    return this;
  }

  String text(String key) throws Refused {
    String text = optionalText(key);
    if (text == null) {
      throw missing(key);
    }
    return text;
  }

  @Nullable String optionalText(String key) throws Refused {
    Node value = value(key);
    if (value == null) {
      return null;
    }
    if (value instanceof ScalarNode scalar
        && scalar.getTag().equals(Tag.STR)
        && !scalar.getValue().isBlank()) {
      return scalar.getValue();
    }
    throw refused(key, key + " must be a text");
  }

  int number(String key, int least, int most) throws Refused {
    Integer number = optionalNumber(key, least, most);
    if (number == null) {
      throw missing(key);
    }
    return number;
  }

  @Nullable Integer optionalNumber(String key, int least, int most) throws Refused {
    BigDecimal number = number(key, WHOLE, "a whole number", least, most);
    return number == null ? null : number.intValueExact();
  }

  /** A number from 0 to 1. */
  @Nullable Double optionalFraction(String key) throws Refused {
    BigDecimal number = number(key, FRACTION, "a number", 0, 1);
    return number == null ? null : number.doubleValue();
  }

  /**
   * A number without quotes, sign or leading zero. To YAML, {@code "8"} and {@code 08} are texts,
   * and the reader of the run's {@code drill.json} would find no number there.
   */
  private @Nullable BigDecimal number(String key, Pattern form, String kind, int least, int most)
      throws Refused {
    Node value = value(key);
    if (value == null) {
      return null;
    }
    if (value instanceof ScalarNode scalar
        && List.of(Tag.INT, Tag.FLOAT).contains(scalar.getTag())
        && form.matcher(scalar.getValue()).matches()) {
      BigDecimal number = new BigDecimal(scalar.getValue());
      if (number.compareTo(BigDecimal.valueOf(least)) >= 0
          && number.compareTo(BigDecimal.valueOf(most)) <= 0) {
        return number;
      }
    }
    throw refused(
        key,
        "%s must be %s from %d to %d, in plain digits; it is %s"
            .formatted(key, kind, least, most, shown(value)));
  }

  private static String shown(Node value) {
    if (value instanceof ScalarNode scalar) {
      return scalar.isPlain() ? scalar.getValue() : '"' + scalar.getValue() + '"';
    }
    return "a list or a mapping";
  }

  YamlMap map(String key) throws Refused {
    if (required(key) instanceof MappingNode mapping) {
      return of(file, mapping);
    }
    throw refused(key, key + " must be a mapping of keys to values");
  }

  /** A list of mappings, with at least one. */
  List<YamlMap> maps(String key) throws Refused {
    if (!(required(key) instanceof SequenceNode list) || list.getValue().isEmpty()) {
      throw refused(key, key + " must be a list with at least one entry");
    }
    List<YamlMap> maps = new ArrayList<>();
    for (Node each : list.getValue()) {
      if (!(each instanceof MappingNode mapping)) {
        throw refused(each, "each entry of " + key + " must be a mapping of keys to values");
      }
      maps.add(of(file, mapping));
    }
    return maps;
  }

  /** Refuses this key's value, or the whole mapping if the key isn't there. */
  Refused refused(String key, String message) {
    Node value = value(key);
    return refused(value == null ? node : value, message);
  }

  private Refused refused(Node at, String message) {
    int line = at.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    return new Refused("%s:%d: %s".formatted(file, line, message));
  }

  private Refused missing(String key) {
    return refused(node, "the key " + key + " is missing");
  }

  private Node required(String key) throws Refused {
    Node value = value(key);
    if (value == null) {
      throw missing(key);
    }
    return value;
  }

  private @Nullable Node value(String key) {
    return node.getValue().stream()
        .filter(entry -> key(entry).equals(key))
        .map(NodeTuple::getValueNode)
        .findFirst()
        .orElse(null);
  }

  private static String key(NodeTuple entry) {
    return entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
  }
}
