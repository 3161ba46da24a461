package holdfast.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FlagLayoutTest {

  @Test
  void keepsMarksThatHaveRoom() {
    assertThat(FlagLayout.place(new double[] {10, 40, 100}, 18, 200)).containsExactly(10, 40, 100);
  }

  @Test
  void movesAMarkThatWouldCoverItsNeighbour() {
    assertThat(FlagLayout.place(new double[] {10, 12, 14}, 18, 200)).containsExactly(10, 28, 46);
  }

  @Test
  void keepsMarksOnThePage() {
    assertThat(FlagLayout.place(new double[] {150, 195, 199, 200}, 18, 200))
        .containsExactly(146, 164, 182, 200);
  }
}
