package holdfast.platform.validation;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A required text that PostgreSQL can store. Its length is from min to max characters (code points,
 * as PostgreSQL counts them). The text must not be blank, unless min is 0. A text that is longer
 * than max is accepted if it fits when composed (NFC).
 */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = TextRule.class)
public @interface Text {

  int min() default 1;

  int max();

  String message() default "";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};
}
