package holdfast.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NewUserTest {

  @Test
  void itsNamesBeginWithEveryPairOfTheLettersThatAreSearched() {
    Random random = new Random(1);
    Set<String> pairs =
        IntStream.range(0, 5000)
            .mapToObj(i -> NewUser.random(random, "Bench"))
            .peek(it ->
                assertThat(it.firstName() + it.secondName())
                    .matches("[А-ЕЖ-ИК-Т][а-ик-т]{11}[А-ЕЖ-ИК-Т][а-ик-т]{11}"))
            .map(it -> it.firstName().substring(0, 1) + it.secondName().substring(0, 1))
            .collect(Collectors.toSet());
    assertThat(pairs).hasSize(18 * 18);
  }
}
