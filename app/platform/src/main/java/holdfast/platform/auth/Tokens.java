package holdfast.platform.auth;

import holdfast.platform.validation.Ids;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.stereotype.Component;

/**
 * Issues and verifies the signed tokens that authenticate requests. Every node accepts the tokens
 * of the others.
 */
@Component
public final class Tokens {

  private static final JwsHeader HEADER = JwsHeader.with(MacAlgorithm.HS256).build();

  private final JwtEncoder encoder;
  private final NimbusJwtDecoder decoder;
  private final Duration ttl;

  Tokens(TokenProperties properties) {
    byte[] secret = properties.secret().getBytes(StandardCharsets.UTF_8);
    SecretKeySpec key = new SecretKeySpec(secret, "HmacSHA256");
    this.encoder = NimbusJwtEncoder.withSecretKey(key).algorithm(MacAlgorithm.HS256).build();
    // Only HS256 is accepted, whatever algorithm a token names for itself.
    this.decoder = NimbusJwtDecoder.withSecretKey(key).macAlgorithm(MacAlgorithm.HS256).build();
    decoder.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            new JwtTimestampValidator(Duration.ZERO),
            new JwtClaimValidator<@Nullable Object>(JwtClaimNames.EXP, expiry -> expiry != null)));
    this.ttl = properties.ttl();
  }

  public String issue(UUID userId) {
    Instant now = Instant.now();
    JwtClaimsSet claims =
        JwtClaimsSet.builder()
            .subject(userId.toString())
            .issuedAt(now)
            .expiresAt(now.plus(ttl))
            .build();
    return encoder.encode(JwtEncoderParameters.from(HEADER, claims)).getTokenValue();
  }

  /** The owner of the token. The result is empty if the token is forged, malformed or expired. */
  Optional<TokenOwner> verify(String token) {
    try {
      Jwt jwt = decoder.decode(token);
      Instant until = Objects.requireNonNull(jwt.getExpiresAt());
      return Optional.ofNullable(jwt.getSubject())
          .flatMap(Ids::parse)
          .map(user -> new TokenOwner(user, until));
    } catch (JwtException e) {
      return Optional.empty();
    }
  }
}
