package holdfast.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.springframework.web.bind.annotation.RestController;

@AnalyzeClasses(
    packages = {"holdfast.core", "holdfast.platform"},
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule platformKnowsNoFeature =
      noClasses()
          .that()
          .resideInAPackage("holdfast.platform..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("holdfast.core..");

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("holdfast.core.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule featuresShowNothing =
      classes()
          .that()
          .resideOutsideOfPackages("holdfast.core", "holdfast.platform..")
          .should()
          .notBePublic();

  @ArchTest
  static final ArchRule onlyFeaturesAnswerRequests =
      noClasses()
          .that()
          .resideInAPackage("holdfast.platform..")
          .should()
          .beAnnotatedWith(RestController.class);

  @ArchTest
  static final ArchRule onlyPlatformKnowsThePool =
      noClasses()
          .that()
          .resideOutsideOfPackage("holdfast.platform..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.zaxxer..", "javax.sql..");
}
