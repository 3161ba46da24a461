package holdfast.loadtest.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A mapping of a YAML file whose every complaint names the file and the line. */
final class YamlMap {

  private static final int MOST_BYTES = 64 << 10;

  private final String file;
  private final MappingNode node;

  private YamlMap(String file, MappingNode node) {
    this.file = file;
    this.node = node;
  }

  /** The whole file, which must be one mapping. */
  static YamlMap read(Path path) throws Refused {
    String file = path.getParent().getFileName() + "/" + path.getFileName();
    try {
      Optional<Node> root = new Compose(settings()).composeString(text(path));
      if (root.isPresent() && root.get() instanceof MappingNode mapping) {
        return new YamlMap(file, mapping);
      }
      throw new Refused(file + ":1: it must be a mapping of keys to values");
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw new Refused("%s:%d: it is no YAML: %s".formatted(file, line, e.getProblem()));
    } catch (YamlEngineException | IOException e) {
      throw new Refused(file + " can't be read: " + e.getMessage());
    }
  }

  /** The same file as plain values. Only for a file that {@link #read} accepts. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> values(Path path) throws Refused {
    try {
      return (Map<String, Object>) new Load(settings()).loadFromString(text(path));
    } catch (IOException e) {
      throw new Refused(path + " can't be read: " + e.getMessage());
    }
  }

  private static LoadSettings settings() {
    return LoadSettings.builder().setAllowDuplicateKeys(false).build();
  }

  private static String text(Path path) throws IOException {
    if (Files.size(path) > MOST_BYTES) {
      throw new IOException("it has more than " + MOST_BYTES + " bytes");
    }
    return Files.readString(path);
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
    if (value instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
      return scalar.getValue();
    }
    throw refused(key, key + " must be a text");
  }

  int number(String key) throws Refused {
    Integer number = optionalNumber(key);
    if (number == null) {
      throw missing(key);
    }
    return number;
  }

  @Nullable Integer optionalNumber(String key) throws Refused {
    String text = optionalText(key);
    try {
      return text == null ? null : Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw refused(key, "%s must be a whole number, and is %s".formatted(key, text));
    }
  }

  @Nullable Double optionalFraction(String key) throws Refused {
    String text = optionalText(key);
    try {
      return text == null ? null : Double.valueOf(text);
    } catch (NumberFormatException e) {
      throw refused(key, "%s must be a number, and is %s".formatted(key, text));
    }
  }

  YamlMap map(String key) throws Refused {
    if (required(key) instanceof MappingNode mapping) {
      return new YamlMap(file, mapping);
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
      maps.add(new YamlMap(file, mapping));
    }
    return maps;
  }

  boolean has(String key) {
    return value(key) != null;
  }

  /** A complaint about this key's value; about the whole mapping if the key isn't there. */
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
