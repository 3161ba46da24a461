package holdfast.chat;

import holdfast.platform.migration.Migrations;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The chat service: {@code java -jar chat.jar} serves, {@code … migrate} updates the schema. */
@SpringBootApplication(scanBasePackages = {"holdfast.chat", "holdfast.platform"})
@ConfigurationPropertiesScan({"holdfast.chat", "holdfast.platform"})
public class ChatApplication {

  public static void main(String[] arguments) {
    if (arguments.length == 1 && arguments[0].equals("migrate")) {
      System.exit(Migrations.run("chat", System.getenv(), System.out, System.err));
    }
    SpringApplication.run(ChatApplication.class, arguments);
  }
}
