package holdfast.platform.auth;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The id of the user whose bearer token came with the request. The parameter has the type {@code
 * UUID}, or {@code Optional<UUID>} if the token is optional. If a required token is missing or
 * invalid, the answer is 401. An invalid optional token is ignored.
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface Caller {}
