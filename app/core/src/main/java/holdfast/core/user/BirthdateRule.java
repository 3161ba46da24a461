package holdfast.core.user;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rule for birthdates. It is stricter than ISO 8601, which also allows years of five digits.
 */
final class BirthdateRule implements ConstraintValidator<Birthdate, String> {

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
