package holdfast.platform.lifecycle;

import java.util.Arrays;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Fails the start if a variable that application.yml names isn't set. Otherwise an unresolved
 * {@code ${DB_PASSWORD}} would be used as the password itself.
 */
final class RequiredVariables
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
      return; // The build only looks for beans and creates none.
    }
    ConfigurableEnvironment environment = context.getEnvironment();
    String[] names = names(environment).toArray(String[]::new);
    environment.setRequiredProperties(names);
    environment.validateRequiredProperties();
  }

  static Stream<String> names(ConfigurableEnvironment environment) {
    return environment.getPropertySources().stream()
        .filter(OriginTrackedMapPropertySource.class::isInstance)
        .map(OriginTrackedMapPropertySource.class::cast)
        .flatMap(RequiredVariables::in)
        .sorted();
  }

  private static Stream<String> in(OriginTrackedMapPropertySource file) {
    return Arrays.stream(file.getPropertyNames())
        .map(name -> String.valueOf(file.getProperty(name)))
        .flatMap(value -> VARIABLE.matcher(value).results())
        .map((MatchResult variable) -> variable.group(1));
  }
}
