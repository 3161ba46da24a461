package holdfast.core.dialog;

import holdfast.platform.auth.Caller;
import holdfast.platform.auth.KnownUsers;
import holdfast.platform.validation.OtherUserId;
import holdfast.platform.validation.Text;
import jakarta.validation.Valid;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;
import java.util.UUID;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Passes requests on to the chat service. Checks first that the caller and a message's recipient
 * exist, because only core knows the users.
 */
@RestController
@RequestMapping(path = "/dialog/{userId}", produces = MediaType.APPLICATION_JSON_VALUE)
final class DialogController {

  /** Parameters that are passed on unchecked: chat validates them. */
  private static final List<String> PASSED_ON = List.of("limit", "before");

  private final ChatService chat;
  private final KnownUsers users;
  private final JsonMapper json;

  DialogController(ChatService chat, KnownUsers users, JsonMapper json) {
    this.chat = chat;
    this.users = users;
    this.json = json;
  }

  @PostMapping(path = "/send", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> send(
      @Caller UUID caller,
      @PathVariable String userId,
      @Valid @RequestBody Draft draft,
      @RequestHeader(HttpHeaders.AUTHORIZATION) String authorization)
      throws InterruptedException {
    UUID recipient = OtherUserId.of(userId, caller);
    if (!users.has(recipient)) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND, "user_id is not that of a user");
    }
    String path = "/dialog/%s/send".formatted(recipient);
    byte[] body = json.writeValueAsBytes(draft);
    return chat.call(new ChatRequest("POST", path, BodyPublishers.ofByteArray(body), authorization))
        .response();
  }

  @GetMapping("/list")
  ResponseEntity<byte[]> list(
      @Caller UUID caller,
      @PathVariable String userId,
      @RequestParam MultiValueMap<String, String> parameters,
      @RequestHeader(HttpHeaders.AUTHORIZATION) String authorization)
      throws InterruptedException {
    UUID other = OtherUserId.of(userId, caller);
    String path = "/dialog/%s/list%s".formatted(other, query(parameters));
    return chat.call(new ChatRequest("GET", path, BodyPublishers.noBody(), authorization))
        .response();
  }

  private static String query(MultiValueMap<String, String> parameters) {
    StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
    for (String name : PASSED_ON) {
      for (String value : parameters.getOrDefault(name, List.of())) {
        query.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
      }
    }
    return query.toString();
  }

  record Draft(@Text(max = 10_000) String text) {}
}
