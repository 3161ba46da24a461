package holdfast.core.user;

import holdfast.platform.validation.Text;

/** What a new user says of itself. */
record Registration(
    @Text(max = 100) String firstName,
    @Text(max = 100) String secondName,
    @Birthdate String birthdate,
    @Text(min = 0, max = 10_000) String biography,
    @Text(max = 100) String city,
    @Text(min = 8, max = 200) String password) {

  /** Nobody is signed in yet: the same key with anything else in the body is another request. */
  String[] identity() {
    return new String[] {firstName, secondName, birthdate, biography, city, password};
  }

  /** Keeps the password out of every log. */
  @Override
  public String toString() {
    return "Registration[]";
  }
}
