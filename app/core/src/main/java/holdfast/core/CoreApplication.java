package holdfast.core;

import holdfast.platform.migration.Migrations;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The core service: {@code java -jar core.jar} serves, {@code … migrate} updates the schema. */
@SpringBootApplication(scanBasePackages = {"holdfast.core", "holdfast.platform"})
@ConfigurationPropertiesScan({"holdfast.core", "holdfast.platform"})
public class CoreApplication {

  public static void main(String[] arguments) {
    if (arguments.length == 1 && arguments[0].equals("migrate")) {
      System.exit(Migrations.run("core", System.getenv(), System.out, System.err));
    }
    SpringApplication.run(CoreApplication.class, arguments);
  }
}
