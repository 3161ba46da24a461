package holdfast.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import holdfast.platform.fixture.ArchitectureRules;

@AnalyzeClasses(
    packages = {"holdfast.core", "holdfast.platform"},
    importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureRules.ProductionCode.class})
class ArchitectureTest {

  @ArchTest static final ArchTests everyService = ArchTests.in(ArchitectureRules.class);

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("holdfast.core.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule featuresHaveNoPublicClasses =
      classes()
          .that()
          .resideOutsideOfPackages("holdfast.core", "holdfast.platform..")
          .should()
          .notBePublic();
}
