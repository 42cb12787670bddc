package org.nbdcore.filter.composition;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.nbdcore.spi.FilterProvider;

/**
 * A filter that may be put anywhere into a stack.
 *
 * @param provider makes its provider
 * @param choice picks parameters, and says how a disk looks through them
 */
record Ingredient(Supplier<FilterProvider> provider, Choice choice) {

  /** Picks parameters. */
  interface Choice {
    /** Given how large the disk below is, a multiple of {@link Stack#BLOCK}. */
    Picked pick(Random random, int size);
  }

  /** How a disk looks through a filter. */
  interface View {
    byte[] of(byte[] below);
  }

  /** What becomes of writes. */
  enum Keeps {
    /** They stay in the filter. */
    ABOVE,
    /** They reach the layer below, at the latest with a flush, but may not be durable there. */
    LOOSELY,
    /** They reach it, and a flush or FUA makes them durable. */
    DURABLY
  }

  /**
   * What was picked.
   *
   * @param parameters each {@code key=value}
   */
  record Picked(List<String> parameters, View view, Keeps keeps) {}

  /** A filter through which a disk looks as it is. */
  static Ingredient plain(Supplier<FilterProvider> provider, String... parameters) {
    Picked picked = new Picked(List.of(parameters), below -> below, Keeps.DURABLY);
    return new Ingredient(provider, (random, size) -> picked);
  }

  /** The same with one of several sets of parameters, each separated by spaces. */
  static Ingredient oneOf(Supplier<FilterProvider> provider, String... choices) {
    return new Ingredient(
        provider,
        (random, size) -> {
          String choice = choices[random.nextInt(choices.length)];
          List<String> parameters = choice.isEmpty() ? List.of() : List.of(choice.split(" "));
          return new Picked(parameters, below -> below, Keeps.DURABLY);
        });
  }

  /** The same, but with what is written something else becomes of it. */
  Ingredient keeping(Keeps keeps) {
    return new Ingredient(
        provider,
        (random, size) -> {
          Picked picked = choice.pick(random, size);
          return new Picked(picked.parameters(), picked.view(), keeps);
        });
  }
}
