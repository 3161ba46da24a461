package holdfast.core.user;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.core.fixture.Rows;
import holdfast.core.fixture.RunningCore;
import holdfast.core.fixture.Shared;
import holdfast.platform.fixture.Http;
import org.junit.jupiter.api.Test;

/** What the benchmark compares must answer the same. */
class PlainSearchTest {

  private static final String QUERY =
      "first_name=%s&last_name=%s".formatted(Http.encode("А"), Http.encode("Бф"));

  @Test
  void answersTheSameWhereItIsSwitchedOn() throws Exception {
    Shared.postgres().execute("TRUNCATE users CASCADE");
    Rows.insert(Shared.postgres(), 3000, "АБ", 10);
    try (RunningCore core =
        RunningCore.startOn(Shared.postgres(), "holdfast.bench.plain-search=true")) {
      Http api = core.api();
      assertThat(api.get("/user/search/plain?" + QUERY).json())
          .isNotEmpty()
          .isEqualTo(api.get("/user/search?" + QUERY).json());
    }
  }

  @Test
  void isNotThereOtherwise() throws Exception {
    try (RunningCore core = RunningCore.startOn(Shared.postgres())) {
      assertThat(core.api().get("/user/search/plain?" + QUERY).status()).isEqualTo(404);
    }
  }
}
