package holdfast.core.user;

import holdfast.platform.validation.Text;

/** The data of a new user. */
record Registration(
    @Text(max = 100) String firstName,
    @Text(max = 100) String secondName,
    @Birthdate String birthdate,
    @Text(min = 0, max = 10_000) String biography,
    @Text(max = 100) String city,
    @Text(min = 8, max = 200) String password) {

  /**
   * The scope of an Idempotency-Key. No user is logged in yet, so the body identifies the client.
   * The same key with another body is another request.
   */
  String[] identity() {
    return new String[] {firstName, secondName, birthdate, biography, city, password};
  }

  /** Keeps the password out of every log. */
  @Override
  public String toString() {
    return "Registration[]";
  }
}
