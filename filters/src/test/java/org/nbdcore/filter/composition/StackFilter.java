package org.nbdcore.filter.composition;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.nbdcore.spi.FilterProvider;

/**
 * A filter for any position in a stack.
 *
 * @param provider creates the filter's provider
 * @param choice selects parameters, and describes how the disk looks through the filter
 */
record StackFilter(Supplier<FilterProvider> provider, Choice choice) {

  /** Selects parameters. */
  interface Choice {
    /** {@code size} is the size of the disk below, a multiple of {@link Stack#BLOCK}. */
    Picked pick(Random random, int size);
  }

  /** How a disk looks through a filter. */
  interface View {
    byte[] of(byte[] below);
  }

  /** Where the data of writes is stored. */
  enum Keeps {
    /** In the filter. */
    ABOVE,
    /** In the layer below, at the latest after a flush, but possibly not durable. */
    BELOW,
    /** In the layer below, and a flush or FUA makes it durable. */
    DURABLY_BELOW
  }

  /**
   * The selected parameters.
   *
   * @param parameters each {@code key=value}
   */
  record Picked(List<String> parameters, View view, Keeps keeps) {}

  /** A filter that does not change how the disk looks. */
  static StackFilter plain(Supplier<FilterProvider> provider, String... parameters) {
    Picked picked = new Picked(List.of(parameters), below -> below, Keeps.DURABLY_BELOW);
    return new StackFilter(provider, (random, size) -> picked);
  }

  /** The same with one of several sets of parameters, each separated by spaces. */
  static StackFilter oneOf(Supplier<FilterProvider> provider, String... choices) {
    return new StackFilter(
        provider,
        (random, size) -> {
          String choice = choices[random.nextInt(choices.length)];
          List<String> parameters = choice.isEmpty() ? List.of() : List.of(choice.split(" "));
          return new Picked(parameters, below -> below, Keeps.DURABLY_BELOW);
        });
  }

  /** The same filter, but writes are stored elsewhere. */
  StackFilter keeping(Keeps keeps) {
    return new StackFilter(
        provider,
        (random, size) -> {
          Picked picked = choice.pick(random, size);
          return new Picked(picked.parameters(), picked.view(), keeps);
        });
  }
}
