package holdfast.core.user;

import holdfast.platform.SpillingBody;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Users written as a JSON array, one by one, into a body that may be begun anew. */
final class UserArray {

  private final JsonMapper json;
  private final ObjectWriter users;
  private final SpillingBody body;
  private JsonGenerator generator;

  UserArray(JsonMapper json, SpillingBody body) {
    this.json = json;
    this.users = json.writerFor(User.class).without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);
    this.body = body;
    this.generator = json.createGenerator(body);
  }

  void begin() {
    body.restart();
    generator = json.createGenerator(body);
    generator.writeStartArray();
  }

  void add(User user) {
    users.writeValue(generator, user);
  }

  void end() {
    generator.writeEndArray();
    generator.close();
  }
}
