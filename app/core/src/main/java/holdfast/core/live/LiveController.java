package holdfast.core.live;

import holdfast.platform.auth.Callers;
import holdfast.platform.auth.TokenOwner;
import holdfast.platform.errors.BadRequest;
import holdfast.platform.errors.Unauthorized;
import holdfast.platform.validation.Ids;
import holdfast.platform.validation.Parameters;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The handshake of the live feed. Until the connection becomes a WebSocket, the handshake is an
 * ordinary request: it counts against the limit of requests, it is answered as HTTP, and it is
 * logged.
 */
@RestController
final class LiveController {

  private static final String PATH = "/post/feed/posted";

  private final Callers callers;
  private final LivePosts posts;
  private final Subscribers subscribers;
  private final LiveProperties properties;

  LiveController(
      Callers callers, LivePosts posts, Subscribers subscribers, LiveProperties properties) {
    this.callers = callers;
    this.posts = posts;
    this.subscribers = subscribers;
    this.properties = properties;
  }

  @GetMapping(PATH)
  void connect(
      @RequestHeader HttpHeaders headers,
      @RequestParam MultiValueMap<String, String> parameters,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException, DeploymentException {
    TokenOwner who = who(headers, parameters);
    subscribers.requireRoomFor(who.userId());
    Optional<FeedCursor> after = Parameters.single(parameters, "after").map(this::cursorOf);
    UpgradeRequired.check(headers);
    // The cursor is read before the client knows that it is connected. So every post that the
    // client creates afterwards comes after this cursor.
    FeedCursor from = after.orElseGet(posts::newest);
    Subscription subscription = new Subscription(who, from, after.isPresent());
    ServerContainer webSockets =
        (ServerContainer) request.getServletContext().getAttribute(ServerContainer.class.getName());
    webSockets.upgradeHttpToWebSocket(
        new HandshakeWithoutExtensions(request),
        response,
        LiveEndpoint.config(PATH, subscribers, subscription, properties.sendTimeout()),
        Map.of());
  }

  /** Browsers can't set headers of a WebSocket, so the token may also be in the query. */
  private TokenOwner who(HttpHeaders headers, MultiValueMap<String, String> parameters) {
    return Callers.tokenIn(headers.getFirst(HttpHeaders.AUTHORIZATION))
        .or(() -> Parameters.single(parameters, "access_token"))
        .flatMap(callers::ofToken)
        .orElseThrow(Unauthorized::new);
  }

  private FeedCursor cursorOf(String after) {
    return Ids.parse(after)
        .flatMap(posts::cursorOf)
        .orElseThrow(() -> new BadRequest("after", "must be the id of a post"));
  }
}
