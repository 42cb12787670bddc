package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Every filter and every parameter of it, seen by a real client, and missed without it. */
@Tag("heavy")
class ShippedFiltersIT {

  /** Keys that no case takes away; the comment says where they are tested, or why not. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "exitwhen exit-when-pipe-closed", // FilterProcessIT
          "tar tar"); // which does nothing

  @TempDir Path folder;

  static List<ClientCase> cases() throws IOException {
    return ClientCase.all("filters");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void clientsSeeTheEffectOfTheFilterOnlyWithIt(ClientCase filterCase) throws IOException {
    new ClientChecks(folder).check(filterCase);
  }

  @Test
  void everyFilterAndOptionalParameterIsTakenAwayInSomeCase() throws IOException {
    Set<String> wanted = new TreeSet<>();
    for (FilterProvider filter : ServiceLoader.load(FilterProvider.class)) {
      if (filter.getClass().getName().startsWith("org.nbdcore.filter.")) {
        wanted.add(filter.name() + " --filter=" + filter.name());
        List<Parameter<?>> optional =
            filter.parameters().stream().filter(parameter -> !parameter.isRequired()).toList();
        wanted.addAll(ClientChecks.wanted(filter.name(), optional));
      }
    }
    assertThat(wanted).hasSizeGreaterThan(100);
    Set<String> tested = ClientChecks.taken(cases());
    tested.addAll(ELSEWHERE);
    assertThat(tested).containsAll(wanted);
  }
}
