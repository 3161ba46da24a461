package holdfast.platform.auth;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The id of the user whose bearer token came with the request: a parameter of type {@code UUID}, or
 * {@code Optional<UUID>} where a token isn't needed. Without a good one the answer is 401; where it
 * isn't needed, a bad one is none.
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface Caller {}
