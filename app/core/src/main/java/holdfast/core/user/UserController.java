package holdfast.core.user;

import holdfast.platform.BadRequest;
import holdfast.platform.CreatedIds;
import holdfast.platform.Ids;
import holdfast.platform.JsonArray;
import holdfast.platform.SpillingBody;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import java.io.IOException;
import java.time.LocalDate;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.json.JsonMapper;

@RestController
@RequestMapping(path = "/user", produces = MediaType.APPLICATION_JSON_VALUE)
final class UserController {

  /**
   * The answers for the most frequent initials stay below, and can so be begun anew. Just below two
   * mebibytes, since the buffer doubles.
   */
  private static final int KEPT_BYTES = 2000 * 1024;

  private final Users users;
  private final Passwords passwords;
  private final CreatedIds createdIds;
  private final JsonMapper json;

  UserController(Users users, Passwords passwords, CreatedIds createdIds, JsonMapper json) {
    this.users = users;
    this.passwords = passwords;
    this.createdIds = createdIds;
    this.json = json;
  }

  @PostMapping(path = "/register", consumes = MediaType.APPLICATION_JSON_VALUE)
  Registered register(@Valid @RequestBody Registration registration) {
    UUID id = createdIds.idOf("user", registration.identity());
    User user =
        new User(
            id,
            registration.firstName(),
            registration.secondName(),
            LocalDate.parse(registration.birthdate()),
            registration.biography(),
            registration.city());
    users.add(user, passwords.hash(registration.password()));
    return new Registered(id);
  }

  @GetMapping("/get/{id}")
  User get(@PathVariable String id) {
    UUID userId = Ids.parse(id).orElseThrow(() -> new BadRequest("id", "must be a UUID"));
    return users.find(userId).orElseThrow(UserController::unknown);
  }

  @GetMapping("/search")
  void search(@RequestParam MultiValueMap<String, String> parameters, HttpServletResponse response)
      throws IOException {
    SearchQuery query = SearchQuery.from(parameters);
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    SpillingBody body = new SpillingBody(response, KEPT_BYTES);
    JsonArray<User> array = new JsonArray<>(json, User.class, body);
    users.search(query, array::begin, array::add);
    array.send();
  }

  private static ResponseStatusException unknown() {
    return new ResponseStatusException(HttpStatus.NOT_FOUND, "id is not that of a user");
  }

  record Registered(UUID userId) {}
}
