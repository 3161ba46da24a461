package holdfast.platform.validation;

import holdfast.platform.errors.BadRequest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.util.MultiValueMap;

/** Query parameters, each of which may be given only once. */
public final class Parameters {

  private static final Pattern COUNT = Pattern.compile("[1-9][0-9]{0,8}");

  private Parameters() {}

  public static Optional<String> single(MultiValueMap<String, String> parameters, String name) {
    List<String> values = parameters.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw new BadRequest(name, "must be given once");
    }
    return values.stream().findFirst();
  }

  /** The parameter {@code limit}: a number from 1 to {@code most}. */
  public static Optional<Integer> limit(MultiValueMap<String, String> parameters, int most) {
    Optional<String> text = single(parameters, "limit");
    if (text.isPresent()
        && (!COUNT.matcher(text.get()).matches() || Integer.parseInt(text.get()) > most)) {
      throw new BadRequest("limit", "must be a number from 1 to " + most);
    }
    return text.map(Integer::valueOf);
  }
}
