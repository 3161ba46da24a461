package holdfast.loadtest.engine;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The JSON of Ansible's settings, of the Python scripts and of the drill program's own files. */
final class SnakeCase {

  /**
   * Refuses unknown keys and missing keys, because the writer and the reader must agree. Otherwise
   * a misspelt setting would silently be left out.
   */
  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  /** For files that people read. */
  static final JsonMapper INDENTED =
      MAPPER.rebuild().enable(SerializationFeature.INDENT_OUTPUT).build();

  private SnakeCase() {}
}
