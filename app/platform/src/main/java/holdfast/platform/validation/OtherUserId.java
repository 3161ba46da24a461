package holdfast.platform.validation;

import holdfast.platform.errors.BadRequest;
import java.util.UUID;

/** The user whom a request's path names, and who isn't the one who sends it. */
public final class OtherUserId {

  private OtherUserId() {}

  public static UUID of(String userId, UUID caller) {
    UUID other = Ids.parse(userId).orElseThrow(() -> new BadRequest("user_id", "must be a UUID"));
    if (other.equals(caller)) {
      throw new BadRequest("user_id", "must be another user's");
    }
    return other;
  }
}
