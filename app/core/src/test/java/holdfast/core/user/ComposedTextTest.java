package holdfast.core.user;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.core.fixture.RunningCore;
import holdfast.core.fixture.Shared;
import holdfast.platform.fixture.Answer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Tests with texts that Unicode can write in more than one way. */
class ComposedTextTest {

  private static final String COMPOSED = "\u0419";
  private static final String APART = "\u0418\u0306";

  private static RunningCore core;

  @BeforeAll
  static void start() {
    core = RunningCore.startOn(Shared.postgres());
  }

  @AfterAll
  static void stop() {
    core.close();
  }

  private static Answer register(String firstName, String password) throws Exception {
    Map<String, String> registration =
        Map.of(
            "first_name", firstName,
            "second_name", "\u042e\u042e",
            "birthdate", "1990-01-01",
            "biography", APART,
            "city", APART,
            "password", password);
    return core.api().post("/user/register", new JsonMapper().writeValueAsString(registration));
  }

  private static int login(String id, String password) throws Exception {
    Map<String, String> credentials = Map.of("id", id, "password", password);
    return core.api().post("/login", new JsonMapper().writeValueAsString(credentials)).status();
  }

  @Test
  void aNameIsFoundHoweverItWasTyped() throws Exception {
    for (String name : new String[] {COMPOSED, APART}) {
      String id = register(name + "\u043e", "correct horse").json().get("user_id").asString();
      for (String prefix : new String[] {COMPOSED, APART}) {
        assertThat(core.api().search(prefix, "\u042e\u042e").body()).contains(id);
      }
      assertThat(core.api().search("\u0418", "\u042e\u042e").body()).doesNotContain(id);
      assertThat(core.api().get("/user/get/" + id).json().get("city").asString())
          .isEqualTo(COMPOSED);
    }
  }

  @Test
  void lengthsCountComposedCharacters() throws Exception {
    assertThat(register(APART.repeat(100), "correct horse").status()).isEqualTo(200);
    assertThat(register(APART.repeat(101), "correct horse").status()).isEqualTo(400);
  }

  @Test
  void aPasswordIsTheSameHoweverItIsTyped() throws Exception {
    String id = register("\u0418", APART.repeat(8)).json().get("user_id").asString();
    for (String password : new String[] {COMPOSED.repeat(8), APART.repeat(8)}) {
      assertThat(login(id, password)).isEqualTo(200);
    }
  }

  @Test
  void thePasswordLimitIsTheSameForRegistrationAndSignIn() throws Exception {
    String id = register("\u0418", APART.repeat(200)).json().get("user_id").asString();
    assertThat(login(id, APART.repeat(200))).isEqualTo(200);
    assertThat(login(id, COMPOSED.repeat(200))).isEqualTo(200);
    assertThat(login(id, APART.repeat(201))).isEqualTo(400);
    assertThat(login(id, COMPOSED.repeat(201))).isEqualTo(400);
  }

  @Test
  void anOlderPasswordThatGrowsWhenComposedStillSignsIn() throws Exception {
    String id = register("\u0418", "correct horse").json().get("user_id").asString();
    String password = "\u0958".repeat(200);
    try (Passwords passwords = new Passwords()) {
      String hash = passwords.hash(password);
      Shared.postgres()
          .execute("UPDATE users SET password_hash = '%s' WHERE id = '%s'".formatted(hash, id));
    }
    assertThat(login(id, password)).isEqualTo(200);
  }

  @Test
  void anOlderHashStillMatches() {
    try (Passwords passwords = new Passwords()) {
      String older = passwords.hash(APART.repeat(8));

      assertThat(passwords.matches(APART.repeat(8), older)).isTrue();
      assertThat(passwords.matches(COMPOSED.repeat(7), older)).isFalse();
    }
  }
}
