package holdfast.bench.client;

import holdfast.bench.common.Letters;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * A user who will be registered.
 *
 * @param city a city that only this benchmark uses, so that its users can be found and removed
 */
public record NewUser(String firstName, String secondName, String city) {

  /** With 12 letters out of 18 in each name, no two users get the same pair of names. */
  private static final int LENGTH = 12;

  /** A user whose names begin with letters that are searched. The rest of the names is random. */
  public static NewUser random(RandomGenerator random, String city) {
    return new NewUser(name(random), name(random), city);
  }

  private static String name(RandomGenerator random) {
    StringBuilder name = new StringBuilder(Letters.random(random));
    while (name.length() < LENGTH) {
      name.append(Letters.random(random).toLowerCase(Locale.ROOT));
    }
    return name.toString();
  }

  String password() {
    return "not a secret: " + secondName;
  }

  String[] fields() {
    return new String[] {
      "first_name",
      firstName,
      "second_name",
      secondName,
      "birthdate",
      "1990-01-01",
      "biography",
      "",
      "city",
      city,
      "password",
      password()
    };
  }
}
