package holdfast.core.user;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A day of the calendar, written YYYY-MM-DD, on which somebody alive may have been born. */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Birthdate.Validator.class)
@interface Birthdate {

  String message() default "must be a date from 1900-01-01 to today, written YYYY-MM-DD";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Stricter than ISO 8601, which knows years of five digits. */
  final class Validator implements ConstraintValidator<Birthdate, String> {

    private static final Pattern WRITTEN = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final LocalDate EARLIEST = LocalDate.of(1900, 1, 1);

    @Override
    public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
      if (text == null || !WRITTEN.matcher(text).matches()) {
        return false;
      }
      try {
        LocalDate date = LocalDate.parse(text);
        return !date.isBefore(EARLIEST) && !date.isAfter(LocalDate.now(ZoneOffset.UTC));
      } catch (DateTimeException e) {
        return false;
      }
    }
  }
}
