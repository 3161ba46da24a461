package holdfast.platform.http;

import java.io.IOException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Things written as a JSON array, one by one, into a body that may be begun anew. */
public final class JsonArray<T> {

  private final JsonMapper json;
  private final ObjectWriter elements;
  private final SpillingBody body;
  private JsonGenerator generator;

  public JsonArray(JsonMapper json, Class<T> type, SpillingBody body) {
    this.json = json;
    this.elements = json.writerFor(type).without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);
    this.body = body;
    this.generator = json.createGenerator(body);
  }

  public void begin() {
    body.restart();
    generator = json.createGenerator(body);
    generator.writeStartArray();
  }

  /** True as long as it may be begun anew. */
  public boolean isKept() {
    return body.isKept();
  }

  public void add(T element) {
    elements.writeValue(generator, element);
  }

  /** Sends it: no other follows. */
  public void send() throws IOException {
    generator.writeEndArray();
    generator.close();
    body.send();
  }
}
