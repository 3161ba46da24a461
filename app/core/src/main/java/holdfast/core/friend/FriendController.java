package holdfast.core.friend;

import holdfast.platform.auth.Caller;
import holdfast.platform.errors.BadRequest;
import holdfast.platform.validation.Ids;
import holdfast.platform.validation.OtherUserId;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
@RequestMapping(path = "/friend", produces = MediaType.APPLICATION_JSON_VALUE)
final class FriendController {

  private final Friendships friendships;

  FriendController(Friendships friendships) {
    this.friendships = friendships;
  }

  @PutMapping("/set/{userId}")
  void set(@Caller UUID caller, @PathVariable String userId) {
    switch (friendships.set(caller, OtherUserId.of(userId, caller))) {
      case UNKNOWN -> throw refused(HttpStatus.NOT_FOUND, "user_id is not that of a user");
      case TOO_MANY ->
          throw refused(
              HttpStatus.CONFLICT,
              "user_id can't be added: a user has at most %d friends".formatted(Friendships.MOST));
      case SET -> {}
    }
  }

  @PutMapping("/delete/{userId}")
  void delete(@Caller UUID caller, @PathVariable String userId) {
    friendships.delete(caller, id(userId));
  }

  private static UUID id(String userId) {
    return Ids.parse(userId).orElseThrow(() -> new BadRequest("user_id", "must be a UUID"));
  }

  private static ResponseStatusException refused(HttpStatus status, String reason) {
    return new ResponseStatusException(status, reason);
  }
}
