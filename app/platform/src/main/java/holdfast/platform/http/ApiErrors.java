package holdfast.platform.http;

import holdfast.platform.errors.FieldNames;
import holdfast.platform.limits.BodyTooLarge;
import holdfast.platform.request.RequestTrace;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.databind.DatabindException;

/** Turns every failure into the contract's error body, without internal details. */
@RestControllerAdvice
final class ApiErrors extends ResponseEntityExceptionHandler {

  private static final Logger log = LoggerFactory.getLogger(ApiErrors.class);

  @ExceptionHandler(Exception.class)
  ResponseEntity<Object> internal(Exception failure, WebRequest request) throws Exception {
    if (committed(request)) {
      // The first part was already sent. Only a broken connection tells the client that the answer
      // is incomplete.
      throw failure;
    }
    log.error("request failed", failure);
    return answer("internal error", new HttpHeaders(), HttpStatus.INTERNAL_SERVER_ERROR);
  }

  @ExceptionHandler(InvalidParameterException.class)
  ResponseEntity<Object> badQuery(InvalidParameterException failure) {
    String message = "the query string must be percent-encoded UTF-8";
    return answer(message, new HttpHeaders(), HttpStatus.BAD_REQUEST);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
      HttpMessageNotReadableException failure,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
    return cause instanceof BodyTooLarge
        ? answer(cause.getMessage(), headers, HttpStatus.CONTENT_TOO_LARGE)
        : answer(unreadable(failure.getCause()), headers, status);
  }

  @Override
  protected ResponseEntity<Object> handleExceptionInternal(
      Exception failure,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    return answer(message(failure, status), headers, status);
  }

  private static ResponseEntity<Object> answer(
      @Nullable String message, HttpHeaders headers, HttpStatusCode status) {
    String requestId = RequestTrace.current().requestId();
    return ResponseEntity.status(status)
        .headers(headers)
        // The type is set explicitly, so that an Accept header can't prevent the error's body.
        .contentType(MediaType.APPLICATION_JSON)
        .body(new ApiError(String.valueOf(message), requestId, status.value()));
  }

  private static @Nullable String message(Exception failure, HttpStatusCode status) {
    return switch (failure) {
      case MethodArgumentNotValidException e -> fields(e);
      case ResponseStatusException e -> e.getReason();
      case NoHandlerFoundException e -> "there is nothing at this path";
      case HttpRequestMethodNotSupportedException e ->
          "the method must be " + either(e.getSupportedMethods());
      case HttpMediaTypeNotSupportedException e -> "Content-Type must be application/json";
      case HttpMediaTypeNotAcceptableException e -> "Accept must allow application/json";
      default -> HttpStatus.valueOf(status.value()).getReasonPhrase();
    };
  }

  private static String fields(MethodArgumentNotValidException failure) {
    return failure.getFieldErrors().stream()
        .map(e -> FieldNames.separated(e.getField(), '_') + " " + e.getDefaultMessage())
        .sorted()
        .collect(Collectors.joining("; "));
  }

  private static String unreadable(@Nullable Throwable cause) {
    if (cause == null) {
      return "the body must be a JSON object";
    }
    if (cause instanceof DatabindException e && !e.getPath().isEmpty()) {
      return e.getPath().getLast().getPropertyName() + " must be a string";
    }
    return cause instanceof DatabindException
        ? "the body must be a JSON object"
        : "the body must be valid JSON in UTF-8";
  }

  private static String either(String @Nullable [] methods) {
    return methods == null ? "another" : String.join(" or ", Set.of(methods));
  }

  private static boolean committed(WebRequest request) {
    HttpServletResponse response = ((ServletWebRequest) request).getResponse();
    return response != null && response.isCommitted();
  }
}
