package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.fixture.ShadeFilterProvider;

/** Options that print information and end: lists, versions, help and dumps. */
final class CliInfoTest extends CliTestCase {

  @Test
  void theListHasALineForEachPluginAndFilterWithVersionAndJar() throws IOException {
    assertThat(run("--list", "--plugin-path=" + folder)).isZero();
    assertThat(out().lines())
        .anyMatch(line -> line.matches(" +ram +\\S+ +/\\S+ +a small disk in memory"))
        .anyMatch(line -> line.matches(" +shade +\\S+ +/\\S+ +changes nothing"))
        .contains("Plugins:", "Filters:", "Folders of third-party jars: " + folder);
    assertThat(err()).isEmpty();
  }

  @Test
  void versionsAreShown() {
    assertThat(run("--version")).isZero();
    assertThat(out()).isEqualTo("nbd-core 0.0.0\n");
    assertThat(run("ram", "--version", "--filter=shade")).isZero();
    String version = ShadeFilterProvider.class.getPackage().getImplementationVersion();
    String shown = version == null ? "unknown" : version; // classes in a folder have none
    assertThat(out()).isEqualTo("nbd-core 0.0.0\nshade " + shown + "\nram " + shown + "\n");
  }

  @Test
  void helpNamesEveryOptionAndPluginAndFilter() {
    assertThat(run("--help")).isZero();
    for (CommandLineOption option : CommandLineOption.values()) {
      assertThat(out()).contains(option.toString());
    }
    assertThat(out()).contains("a small disk in memory").contains("changes nothing");
  }

  @Test
  void helpOfAPluginNamesItsKeysAndThoseOfTheFilters() {
    for (List<String> arguments :
        List.of(List.of("ram", "--help"), List.of("--help", "ram", "--filter=shade"))) {
      assertThat(run(arguments.toArray(String[]::new))).isZero();
      assertThat(out()).contains("[size=]SIZE", "password=", "-D ram.chatty=N", "Its size.");
    }
    assertThat(out()).contains("depth=N");
  }

  @Test
  void dumpPluginNeedsNoParameters() {
    assertThat(run("ram", "--dump-plugin", "--filter=shade")).isZero();
    assertThat(out().lines())
        .contains("name=ram", "magic_config_key=size", "ram_kind=heap", "shade_name=shade");
    assertThat(out().lines()).contains("thread_model=parallel");
    assertThat(err()).isEqualTo("nbd-core: error: ram: nothing is wrong\n");
    run("ram", "1M", "--dump-plugin");
    assertThat(out().lines()).contains("thread_model=parallel");
  }

  @Test
  void dumpPluginShowsTheThreadModelOfTheChain() {
    run("ram", "--dump-plugin", "--filter=shade", "depth=1");
    assertThat(out().lines())
        .contains("max_thread_model=parallel", "thread_model=serialize_requests");
    assertThat(run("ram", "--dump-plugin", "--filter=shade", "depth=deep")).isEqualTo(1);
  }

  @Test
  void dumpConfigShowsTheVersion() {
    assertThat(run("--dump-config")).isZero();
    assertThat(out().lines())
        .contains("name=nbd-core", "version=0.0.0", "version_major=0", "version_minor=0")
        .contains("nbd_core_version=0.0.0", "tls=yes", "run_default_socket=Unix")
        .contains("extended_headers=yes");
    run("--dump-config", "--no-eh");
    assertThat(out().lines()).contains("extended_headers=no");
  }
}
