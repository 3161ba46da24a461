package holdfast.core.user;

import holdfast.platform.auth.Tokens;
import holdfast.platform.errors.BadRequest;
import holdfast.platform.validation.Ids;
import jakarta.validation.Valid;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
final class LoginController {

  private final Users users;
  private final Passwords passwords;
  private final Tokens tokens;

  LoginController(Users users, Passwords passwords, Tokens tokens) {
    this.users = users;
    this.passwords = passwords;
    this.tokens = tokens;
  }

  @PostMapping(
      path = "/login",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  Session login(@Valid @RequestBody Credentials credentials) {
    UUID id = Ids.parse(credentials.id()).orElseThrow(() -> new BadRequest("id", "must be a UUID"));
    Account account = users.findAccount(id).orElseThrow(LoginController::unknown);
    String hash = account.passwordHash();
    if (hash == null || !passwords.matches(credentials.password(), hash)) {
      throw new ResponseStatusException(HttpStatus.UNAUTHORIZED, "password is wrong");
    }
    return new Session(tokens.issue(id));
  }

  private static ResponseStatusException unknown() {
    return new ResponseStatusException(HttpStatus.NOT_FOUND, "id is not that of a user");
  }

  record Session(String token) {}
}
