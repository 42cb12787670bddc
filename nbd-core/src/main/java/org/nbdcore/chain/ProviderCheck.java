package org.nbdcore.chain;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.LayerProvider;
import org.nbdcore.spi.Parameter;

/** Checks that a third-party provider obeys the contract, before it is used. */
final class ProviderCheck {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]*");

  private ProviderCheck() {}

  static boolean check(LayerProvider provider, Consumer<String> problems) {
    @Nullable String problem;
    try {
      problem = problem(provider.name(), provider.description(), provider.parameters());
    } catch (RuntimeException | LinkageError e) {
      problem = "it throws " + e;
    }
    if (problem != null) {
      problems.accept(provider.getClass().getName() + ": " + problem);
    }
    return problem == null;
  }

  private static @Nullable String problem(
      String name, String description, List<Parameter<?>> parameters) {
    if (name == null || !NAME.matcher(name).matches()) {
      return "its name must match " + NAME + ", not '" + name + "'";
    }
    if (description == null) {
      return "it has no description";
    }
    Set<String> keys = new HashSet<>();
    int magic = 0;
    for (Parameter<?> parameter : parameters) {
      List<String> names = new ArrayList<>(parameter.aliases());
      names.add(parameter.key());
      for (String key : names) {
        if (!keys.add(key)) {
          return "it declares the key " + key + " twice";
        }
      }
      magic += parameter.isMagic() ? 1 : 0;
    }
    return magic > 1 ? "it declares more than one magic key" : null;
  }
}
