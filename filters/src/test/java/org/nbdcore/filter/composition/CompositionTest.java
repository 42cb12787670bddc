package org.nbdcore.filter.composition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.ConfigException;

/**
 * Any filter above any other: stacks of one to nine picked by chance, over disks that can do more
 * or less, compared with a model in every answer. {@code -Dnbdcore.stacks=N} tries more of them.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
final class CompositionTest {

  private static final int STACKS = Integer.getInteger("nbdcore.stacks", 25);

  @TempDir private Path folder;

  @ParameterizedTest(name = "from seed {0}")
  @ValueSource(longs = {1_000, 2_000})
  void everyAnswerAgreesWithTheModel(long from) throws Exception {
    for (long seed = from; seed < from + STACKS; seed++) {
      exercise(seed, 1, 200, List.of());
    }
  }

  @ParameterizedTest(name = "from seed {0}")
  @ValueSource(longs = {3_000, 4_000})
  void everyAnswerToEightThreadsAgreesWithTheModel(long from) throws Exception {
    for (long seed = from; seed < from + STACKS; seed++) {
      exercise(seed, 8, 40, List.of());
    }
  }

  @ParameterizedTest
  @EnumSource(PlantedFault.class)
  void aFilterThatIsWrongIsFoundOut(PlantedFault fault) {
    List<Ingredient> planted = List.of(Ingredient.plain(() -> fault));
    int stacks = 0;
    Throwable found = null;
    for (long seed = 5_000; found == null && stacks < 20; seed++, stacks++) {
      long current = seed;
      found = catchThrowable(() -> exercise(current, fault.threads(), 200, planted));
    }
    assertThat(found)
        .as("%s in %d stacks", fault, stacks)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(fault.symptom());
  }

  private void exercise(long seed, int threads, int operations, List<Ingredient> planted)
      throws IOException, ConfigException, InterruptedException {
    List<Ingredient> pantry = Pantry.all(folder);
    Stack stack = Stack.random(pantry, seed);
    try (stack) {
      for (Ingredient ingredient : planted) {
        stack.add(ingredient, new Random(seed));
      }
      stack.exercise(threads, operations);
    } catch (IOException | RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + ", stack " + stack + ": " + e.getMessage(), e);
    }
  }
}
