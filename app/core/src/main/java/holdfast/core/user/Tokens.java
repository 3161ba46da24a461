package holdfast.core.user;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.stereotype.Component;

/** The signed tokens that prove who a request comes from. */
@Component
final class Tokens {

  private static final JwsHeader HEADER = JwsHeader.with(MacAlgorithm.HS256).build();

  private final JwtEncoder encoder;
  private final Duration ttl;

  Tokens(TokenProperties properties) {
    byte[] secret = properties.secret().getBytes(StandardCharsets.UTF_8);
    this.encoder =
        NimbusJwtEncoder.withSecretKey(new SecretKeySpec(secret, "HmacSHA256"))
            .algorithm(MacAlgorithm.HS256)
            .build();
    this.ttl = properties.ttl();
  }

  String issue(UUID userId) {
    Instant now = Instant.now();
    JwtClaimsSet claims =
        JwtClaimsSet.builder()
            .subject(userId.toString())
            .issuedAt(now)
            .expiresAt(now.plus(ttl))
            .build();
    return encoder.encode(JwtEncoderParameters.from(HEADER, claims)).getTokenValue();
  }
}
