package holdfast.platform.validation;

import holdfast.platform.errors.BadRequest;
import java.util.UUID;

/** The user id in a request's path, which must not be the caller's own. */
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
