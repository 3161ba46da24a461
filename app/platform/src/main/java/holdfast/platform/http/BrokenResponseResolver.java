package holdfast.platform.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Breaks the connection if an answer fails after its first part was sent. Nothing else tells the
 * client that the answer is incomplete. The later resolvers would treat such a failure as handled,
 * so this resolver throws.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class BrokenResponseResolver implements HandlerExceptionResolver {

  @Override
  public @Nullable ModelAndView resolveException(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable Object handler,
      Exception failure) {
    if (response.isCommitted() && failure instanceof RuntimeException) {
      throw new IllegalStateException("an answer broke after its first part was sent", failure);
    }
    return null;
  }
}
