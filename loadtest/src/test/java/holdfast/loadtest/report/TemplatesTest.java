package holdfast.loadtest.report;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.samskivert.mustache.MustacheException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplatesTest {

  @Test
  void refusesASectionThatIsNotInTheData() {
    assertThatThrownBy(() -> Templates.render("table.html", Map.of("heads", "")))
        .isInstanceOf(MustacheException.class)
        .hasMessageContaining("rows");
  }
}
