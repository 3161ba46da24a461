package holdfast.core.user;

import holdfast.platform.auth.Caller;
import holdfast.platform.errors.BadRequest;
import holdfast.platform.http.JsonArrayBody;
import holdfast.platform.request.CreatedIds;
import holdfast.platform.validation.Ids;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Optional;
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

@RestController
@RequestMapping(path = "/user", produces = MediaType.APPLICATION_JSON_VALUE)
final class UserController {

  /**
   * An answer up to this size is always kept in memory. Only answers for the most frequent initials
   * are larger.
   */
  private static final int KEPT_SEARCH_BYTES = 2000 * 1024;

  private final Users users;
  private final Search search;
  private final Passwords passwords;
  private final CreatedIds createdIds;

  UserController(Users users, Search search, Passwords passwords, CreatedIds createdIds) {
    this.users = users;
    this.search = search;
    this.passwords = passwords;
    this.createdIds = createdIds;
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
  void search(
      @RequestParam MultiValueMap<String, String> parameters,
      @Caller Optional<UUID> caller,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    SearchQuery query = SearchQuery.from(parameters);
    search.answer(
        query,
        caller,
        new SearchValidator(request, response),
        new JsonArrayBody(response, KEPT_SEARCH_BYTES, ",\n"));
  }

  private static ResponseStatusException unknown() {
    return new ResponseStatusException(HttpStatus.NOT_FOUND, "id is not that of a user");
  }

  record Registered(UUID userId) {}
}
