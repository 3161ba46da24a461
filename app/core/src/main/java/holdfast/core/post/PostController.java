package holdfast.core.post;

import holdfast.platform.auth.Caller;
import holdfast.platform.errors.BadRequest;
import holdfast.platform.validation.Ids;
import holdfast.platform.validation.Text;
import jakarta.validation.Valid;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
@RequestMapping(path = "/post", produces = MediaType.APPLICATION_JSON_VALUE)
final class PostController {

  private final Posts posts;

  PostController(Posts posts) {
    this.posts = posts;
  }

  @PostMapping(path = "/create", consumes = MediaType.APPLICATION_JSON_VALUE)
  UUID create(@Caller UUID caller, @Valid @RequestBody Draft draft) {
    return posts.create(caller, draft.text());
  }

  @PutMapping(path = "/update", consumes = MediaType.APPLICATION_JSON_VALUE)
  void update(@Caller UUID caller, @Valid @RequestBody Revision revision) {
    posts.update(caller, id(revision.id()), revision.text());
  }

  @PutMapping("/delete/{id}")
  void delete(@Caller UUID caller, @PathVariable String id) {
    posts.delete(caller, id(id));
  }

  /** Posts are public. A token makes no difference, whether it is valid or not. */
  @GetMapping("/get/{id}")
  Post get(@PathVariable String id) {
    return posts
        .find(id(id))
        .orElseThrow(
            () -> new ResponseStatusException(HttpStatus.NOT_FOUND, "id is not that of a post"));
  }

  private static UUID id(String text) {
    return Ids.parse(text).orElseThrow(() -> new BadRequest("id", "must be a UUID"));
  }

  record Draft(@Text(max = 10_000) String text) {}

  record Revision(@Text(max = 36) String id, @Text(max = 10_000) String text) {}
}
