package holdfast.core.user;

import java.time.LocalDate;
import java.util.UUID;

/** A user as everyone may see it. */
record User(
    UUID id,
    String firstName,
    String secondName,
    LocalDate birthdate,
    String biography,
    String city) {}
