package org.nbdcore.filter.composition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.ConfigException;

/**
 * Random stacks of one to nine filters, above disks of different capabilities. Every reply is
 * compared with a model. {@code -Dnbdcore.stacks=N} runs more stacks.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
@Tag("newest")
final class CompositionTest {

  private static final int STACKS = Integer.getInteger("nbdcore.stacks", 25);

  @TempDir private Path folder;

  @ParameterizedTest(name = "from seed {0}")
  @ValueSource(longs = {1_000, 2_000})
  void randomStacksAgreeWithTheModel(long from) throws Exception {
    for (long seed = from; seed < from + STACKS; seed++) {
      exercise(new Stack(seed).add(stackFilters(), 1 + (int) (seed % 9)), seed, 1, 200);
    }
  }

  @ParameterizedTest(name = "from seed {0}")
  @ValueSource(longs = {3_000, 4_000})
  void randomStacksAgreeWithTheModelOnEightThreads(long from) throws Exception {
    for (long seed = from; seed < from + STACKS; seed++) {
      exercise(new Stack(seed).add(stackFilters(), 1 + (int) (seed % 9)), seed, 8, 40);
    }
  }

  @ParameterizedTest(name = "{0} threads")
  @ValueSource(ints = {1, 8})
  void everyFilterWorksAboveItselfAlsoWithAnotherBetween(int threads) throws Exception {
    List<StackFilter> stackFilters = stackFilters();
    for (int i = 0; i < stackFilters.size(); i++) {
      StackFilter one = stackFilters.get(i);
      exercise(new Stack(6_000 + i).add(one).add(one), 6_000 + i, threads, 240 / threads);
      exercise(
          new Stack(7_000 + i).add(one).add(stackFilters, 1).add(one),
          7_000 + i,
          threads,
          240 / threads);
    }
  }

  @ParameterizedTest
  @EnumSource(PlantedFault.class)
  void plantedFaultIsDetected(PlantedFault fault) throws IOException {
    StackFilter planted = StackFilter.plain(() -> fault);
    int stacks = 0;
    Throwable found = null;
    for (long seed = 5_000; found == null && stacks < 30; seed++, stacks++) {
      long current = seed;
      Stack stack = new Stack(seed).add(stackFilters(), (int) (seed % 5)).add(planted);
      found = catchThrowable(() -> exercise(stack, current, fault.threads(), 200));
    }
    assertThat(found)
        .as("%s in %d stacks", fault, stacks)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(fault.symptom());
  }

  private List<StackFilter> stackFilters() {
    return StackFilters.all(folder);
  }

  private static void exercise(Stack stack, long seed, int threads, int operations)
      throws ConfigException, InterruptedException {
    try (stack) {
      stack.exercise(threads, operations);
    } catch (IOException | RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + ", stack " + stack + ": " + e.getMessage(), e);
    }
  }
}
