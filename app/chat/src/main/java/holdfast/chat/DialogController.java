package holdfast.chat;

import holdfast.platform.auth.Caller;
import holdfast.platform.http.JsonArrayBody;
import holdfast.platform.request.CreatedIds;
import holdfast.platform.validation.OtherUserId;
import holdfast.platform.validation.Text;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import java.io.IOException;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
@RequestMapping(path = "/dialog/{userId}", produces = MediaType.APPLICATION_JSON_VALUE)
final class DialogController {

  private final Messages messages;
  private final CreatedIds createdIds;

  DialogController(Messages messages, CreatedIds createdIds) {
    this.messages = messages;
    this.createdIds = createdIds;
  }

  /** Only core knows whether the recipient exists, and core has checked it. */
  @PostMapping(path = "/send", consumes = MediaType.APPLICATION_JSON_VALUE)
  void send(@Caller UUID caller, @PathVariable String userId, @Valid @RequestBody Draft draft) {
    Message message = new Message(caller, OtherUserId.of(userId, caller), draft.text());
    if (!messages.add(createdIds.idOf("message", caller.toString()), message)) {
      throw new ResponseStatusException(
          HttpStatus.CONFLICT, "Idempotency-Key was used for another message");
    }
  }

  @GetMapping("/list")
  void list(
      @Caller UUID caller,
      @PathVariable String userId,
      @RequestParam MultiValueMap<String, String> parameters,
      HttpServletResponse response)
      throws IOException {
    Dialog dialog = Dialog.of(caller, OtherUserId.of(userId, caller));
    MessagePage page = messages.page(dialog, MessagePageQuery.from(parameters));
    page.next().ifPresent(next -> response.setHeader(MessagePage.NEXT_HEADER, next.text()));
    page.writeTo(new JsonArrayBody(response, MessagePage.MOST_BYTES, ","));
  }

  record Draft(@Text(max = 10_000) String text) {}
}
