package holdfast.platform.validation;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import java.text.Normalizer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rule for texts, and the message for each violation. */
public final class TextRule implements ConstraintValidator<Text, String> {

  /**
   * Matches texts of invisible characters only: separators, controls, characters with Unicode's
   * property Default_Ignorable_Code_Point (zero-width characters and fillers), and the braille
   * blank. They are listed by code point, because Java's patterns don't support that property.
   */
  private static final Predicate<String> BLANK =
      Pattern.compile(
              "[\\p{Z}\\p{Cc}\\x{AD}\\x{34F}\\x{61C}\\x{115F}\\x{1160}\\x{17B4}\\x{17B5}"
                  + "\\x{180B}-\\x{180F}\\x{200B}-\\x{200F}\\x{202A}-\\x{202E}\\x{2060}-\\x{206F}"
                  + "\\x{2800}\\x{3164}\\x{FE00}-\\x{FE0F}\\x{FEFF}\\x{FFA0}\\x{FFF0}-\\x{FFF8}"
                  + "\\x{1BCA0}-\\x{1BCA3}\\x{1D173}-\\x{1D17A}\\x{E0000}-\\x{E0FFF}]+")
          .asMatchPredicate();

  private int min;
  private int max;

  /** The problem of the text. It is null if there is none. */
  public static @Nullable String problem(@Nullable String text, int min, int max) {
    if (text == null) {
      return "is required";
    }
    int length = characters(text);
    if (length > max) {
      // Only passwords arrive uncomposed. One that is too long may fit when it is composed.
      length = characters(composed(text));
    }
    if (length < min || length > max) {
      return "must be %d to %d characters long".formatted(min, max);
    }
    if (min > 0 && BLANK.test(text)) {
      return "must not be blank";
    }
    if (text.indexOf('\0') >= 0) {
      return "must not hold the NUL character";
    }
    return text.codePoints().anyMatch(TextRule::isSurrogate)
        ? "must not hold half a surrogate pair"
        : null;
  }

  private static int characters(String text) {
    return text.codePointCount(0, text.length());
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  /**
   * Converts a text to the form (NFC) in which all texts are stored and compared. In this form, й
   * is one character, however it was typed.
   */
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
