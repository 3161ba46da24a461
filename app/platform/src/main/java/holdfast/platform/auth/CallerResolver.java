package holdfast.platform.auth;

import holdfast.platform.errors.Unauthorized;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Resolves {@link Caller} parameters of controllers. */
@Component
final class CallerResolver implements HandlerMethodArgumentResolver {

  private final Callers callers;

  CallerResolver(Callers callers) {
    this.callers = callers;
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.hasParameterAnnotation(Caller.class);
  }

  @Override
  public Object resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binders) {
    Optional<UUID> caller = callers.ofHeader(request.getHeader(HttpHeaders.AUTHORIZATION));
    return parameter.getParameterType() == Optional.class
        ? caller
        : caller.orElseThrow(Unauthorized::new);
  }
}
