package holdfast.bench.common;

import java.util.List;
import java.util.random.RandomGenerator;

/** The letters that the searched names begin with. Each pair of these letters finds demo users. */
public final class Letters {

  public static final List<String> ALL = List.of("АБВГДЕЖЗИКЛМНОПРСТ".split(""));

  private Letters() {}

  public static String random(RandomGenerator random) {
    return ALL.get(random.nextInt(ALL.size()));
  }
}
