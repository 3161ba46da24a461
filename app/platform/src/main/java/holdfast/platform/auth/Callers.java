package holdfast.platform.auth;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Authenticates requests by their bearer tokens. */
@Component
public final class Callers {

  private static final String SCHEME = "Bearer ";

  private final Tokens tokens;
  private final ObjectProvider<KnownUsers> users;

  Callers(Tokens tokens, ObjectProvider<KnownUsers> users) {
    this.tokens = tokens;
    this.users = users;
  }

  /**
   * The user whose token is in this Authorization header. The result is empty if the token is
   * missing or invalid, or if the user no longer exists.
   */
  public Optional<UUID> ofHeader(@Nullable String authorization) {
    return tokenIn(authorization).flatMap(this::ofToken).map(TokenOwner::userId);
  }

  /** The owner of this token, if the token is valid and the user still exists. */
  public Optional<TokenOwner> ofToken(String token) {
    return tokens
        .verify(token)
        .filter(who -> users.stream().allMatch(known -> known.has(who.userId())));
  }

  /** The token in this Authorization header, valid or not. */
  public static Optional<String> tokenIn(@Nullable String authorization) {
    // The scheme's name is case-insensitive (RFC 9110, 11.1).
    return authorization == null
            || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? Optional.empty()
        : Optional.of(authorization.substring(SCHEME.length()).strip());
  }
}
