package holdfast.platform.lifecycle;

import holdfast.platform.errors.FieldNames;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.bind.validation.ValidationErrors;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MissingRequiredPropertiesException;
import org.springframework.validation.FieldError;

/** Names the environment variable to correct. It never shows the value, which may be a secret. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class StartFailureAnalyzer implements FailureAnalyzer {

  private final ConfigurableEnvironment environment;

  StartFailureAnalyzer(Environment environment) {
    this.environment = (ConfigurableEnvironment) environment;
  }

  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    String innermost = null;
    for (Throwable e = failure; e != null; e = e.getCause()) {
      String problem = problem(e);
      innermost = problem == null ? innermost : problem;
    }
    return innermost == null ? null : new FailureAnalysis(innermost, null, failure);
  }

  private @Nullable String problem(Throwable failure) {
    return switch (failure) {
      case MissingRequiredPropertiesException e ->
          String.join(", ", e.getMissingRequiredProperties()) + " must be set in the environment";
      case BindValidationException e -> invalid(e.getValidationErrors());
      case BindException e -> variableOf(e.getName()) + " has the wrong form";
      case ConversionFailedException e -> unreadable(e.getValue());
      default -> null;
    };
  }

  /**
   * Spring Boot converts the ports before it binds them. If the conversion fails, the exception has
   * only the value, so the variable is found by its value.
   */
  private @Nullable String unreadable(@Nullable Object value) {
    return RequiredVariables.names(environment)
        .filter(name -> Objects.equals(environment.getProperty(name), value))
        .findFirst()
        .map(name -> name + " has the wrong form")
        .orElse(null);
  }

  private String invalid(ValidationErrors errors) {
    return errors.getAllErrors().stream()
        .map(FieldError.class::cast)
        .map(e -> variableOf(name(errors.getName(), e.getField())) + " " + e.getDefaultMessage())
        .sorted()
        .collect(Collectors.joining("; "));
  }

  private static ConfigurationPropertyName name(ConfigurationPropertyName parent, String field) {
    return parent.append(FieldNames.separated(field, '-'));
  }

  /** The variable that application.yml uses for the property, or the property's own name. */
  private String variableOf(ConfigurationPropertyName property) {
    return environment.getPropertySources().stream()
        .map(source -> source.getProperty(property.toString()))
        .filter(CharSequence.class::isInstance)
        .map(raw -> RequiredVariables.VARIABLE.matcher(raw.toString()))
        .filter(Matcher::find)
        .map(variable -> variable.group(1))
        .findFirst()
        .orElse(property.toString());
  }
}
