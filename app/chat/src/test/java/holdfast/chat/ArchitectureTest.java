package holdfast.chat;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import holdfast.platform.fixture.ArchitectureRules;

@AnalyzeClasses(
    packages = {"holdfast.chat", "holdfast.platform"},
    importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureRules.ProductionCode.class})
class ArchitectureTest {

  @ArchTest static final ArchTests everyService = ArchTests.in(ArchitectureRules.class);

  @ArchTest
  static final ArchRule onlyTheApplicationIsPublic =
      classes()
          .that()
          .resideInAPackage("holdfast.chat")
          .and()
          .doNotHaveFullyQualifiedName(ChatApplication.class.getName())
          .should()
          .notBePublic();
}
