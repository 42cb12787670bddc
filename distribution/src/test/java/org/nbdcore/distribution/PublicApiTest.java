package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nbdcore.client.NbdClient;
import org.nbdcore.server.NbdServer;
import org.nbdcore.spi.AsyncBlockDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.helpers.RangeLocks;
import org.nbdcore.testkit.ModelDevice;

/**
 * Compares the stable API for authors of plugins, for embedders, clients and tests with the lists
 * in {@code src/test/api}. A change of the API is then a line to review.
 */
class PublicApiTest {

  private static final boolean UPDATE = Boolean.getBoolean("api.update");

  private static final Pattern OURS = Pattern.compile("org\\.nbdcore\\.[\\w.$]+");

  private static final String HOW =
      "mvn -pl distribution -am test -Dtest=PublicApiTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dapi.update=true";

  /** The modules with a stable API, and the packages that belong to it. */
  enum Module {
    PLUGIN_SPI(Plugin.class, "org.nbdcore.spi", "org.nbdcore.spi.helpers"),
    NBD_CORE(NbdServer.class, "org.nbdcore.server", "org.nbdcore.server.tls", "org.nbdcore.chain"),
    NBD_CLIENT(NbdClient.class, "org.nbdcore.client"),
    TESTKIT(ModelDevice.class, "org.nbdcore.testkit");

    private final Path list;
    private final Class<?> one;
    private final Set<String> packages;

    Module(Class<?> one, String... packages) {
      String name = name().toLowerCase(Locale.ROOT).replace('_', '-');
      list = Path.of("src/test/api", name + ".txt");
      this.one = one;
      this.packages = Set.of(packages);
    }
  }

  @ParameterizedTest
  @EnumSource
  void stableApiMatchesTheList(Module module) throws Exception {
    SortedSet<String> now = PublicApi.of(module.one, module.packages);
    assertThat(now).hasSizeGreaterThan(10);
    if (UPDATE) {
      Files.createDirectories(module.list.getParent());
      Files.write(module.list, now);
    }
    List<String> listed = Files.readAllLines(module.list);
    assertThat(without(listed, now))
        .as("stable API that is gone or changed; if you mean that: %s", HOW)
        .isEmpty();
    assertThat(without(now, listed))
        .as("API that is new; make it package-private, mark it @Experimental, or: %s", HOW)
        .isEmpty();
  }

  private static SortedSet<String> without(Collection<String> lines, Collection<String> others) {
    SortedSet<String> rest = new TreeSet<>(lines);
    rest.removeAll(others);
    return rest;
  }

  /**
   * A record or a long constructor cannot get another component without breaking callers; a factory
   * method can.
   */
  @ParameterizedTest
  @EnumSource
  void stableTypesAreNoRecordsAndHaveShortConstructors(Module module) throws Exception {
    Set<String> protocol = Set.of("Chunk", "SelectedExport", "OptionMessage", "SimpleReply");
    List<String> wrong = new ArrayList<>();
    for (String line : PublicApi.of(module.one, module.packages)) {
      String type = line.substring(0, line.indexOf(':'));
      boolean fixed = protocol.contains(type.substring(type.indexOf('$') + 1));
      boolean large =
          line.contains(" new(") && line.replaceAll("<[^<>]*>", "").split(",").length > 3;
      if (!fixed && (large || line.contains(" record "))) {
        wrong.add(line);
      }
    }
    assertThat(wrong)
        .as("public records, and constructors with more than three parameters")
        .isEmpty();
  }

  /** Otherwise a change of the experimental type would break users of the stable one. */
  @ParameterizedTest
  @EnumSource
  void stableApiMentionsNoExperimentalType(Module module) throws Exception {
    List<String> wrong = new ArrayList<>();
    for (String line : PublicApi.of(module.one, module.packages)) {
      Matcher name = OURS.matcher(line.substring(line.indexOf(": ")).split(" implements ")[0]);
      while (name.find()) {
        Class<?> type = Class.forName(name.group(), false, module.one.getClassLoader());
        if (!PublicApi.isStable(type)) {
          wrong.add(line);
        }
      }
    }
    assertThat(wrong)
        .as("stable API that mentions experimental types; mark it @Experimental too")
        .isEmpty();
  }

  @Test
  void experimentalTypesAreNotListed() throws Exception {
    assertThat(PublicApi.of(Plugin.class, Module.PLUGIN_SPI.packages))
        .anyMatch(line -> line.startsWith(BlockDevice.class.getName() + ": "))
        .noneMatch(line -> line.startsWith(AsyncBlockDevice.class.getName() + ": "))
        .noneMatch(line -> line.startsWith(RangeLocks.class.getName()));
  }
}
