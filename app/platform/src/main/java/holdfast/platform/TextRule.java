package holdfast.platform;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/** What a text must be, and which part of that it isn't. */
public final class TextRule implements ConstraintValidator<Text, String> {

  private int min;
  private int max;

  /** What is wrong with the text, or null. */
  public static @Nullable String problem(@Nullable String text, int min, int max) {
    if (text == null) {
      return "is required";
    }
    int length = text.codePointCount(0, text.length());
    if (length < min || length > max) {
      return "must be %d to %d characters long".formatted(min, max);
    }
    if (min > 0 && text.isBlank()) {
      return "must not be blank";
    }
    if (text.indexOf('\0') >= 0) {
      return "must not hold the NUL character";
    }
    return text.codePoints().anyMatch(TextRule::isSurrogate)
        ? "must not hold half a surrogate pair"
        : null;
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  /** The form in which every text is kept and compared: й is one character, however it came. */
  public static String composed(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  @Override
  public void initialize(Text constraint) {
    min = constraint.min();
    max = constraint.max();
  }

  @Override
  public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
    String problem = problem(text, min, max);
    if (problem == null) {
      return true;
    }
    context.disableDefaultConstraintViolation();
    context.buildConstraintViolationWithTemplate(problem).addConstraintViolation();
    return false;
  }
}
