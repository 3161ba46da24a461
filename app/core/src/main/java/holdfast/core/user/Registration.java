package holdfast.core.user;

import holdfast.core.platform.Text;

/** What a new user says of itself. */
record Registration(
    @Text(max = 100) String firstName,
    @Text(max = 100) String secondName,
    @Birthdate String birthdate,
    @Text(min = 0, max = 10_000) String biography,
    @Text(max = 100) String city,
    @Text(min = 8, max = 200) String password) {

  /** Keeps the password out of every log. */
  @Override
  public String toString() {
    return "Registration[]";
  }
}
