package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The examples' jars in an unpacked distribution, which is built without them. */
class ThirdPartyJarsIT {

  private static final String PLUGIN = "readonly-plugin";
  private static final String FILTER = "mask-filter";
  private static final int KEY = 0x55;

  @RegisterExtension final Sandbox box = new Sandbox();

  private Distribution unpacked;
  private Path plugins;

  @BeforeEach
  void unpackTheArchive() {
    unpacked = new Distribution(box.file(Distribution.NAME), "off");
    plugins = unpacked.home().resolve("plugins");
    box.run(
            Client.TAR,
            "-xzf",
            Distribution.repository("distribution/target/" + Distribution.NAME + ".tar.gz")
                .toString())
        .succeeded();
  }

  @Test
  void jarsInThePluginsFolderAreUsed() throws Exception {
    copyExample(PLUGIN, plugins);
    copyExample(FILTER, plugins);
    copyThroughBoth(Map.of());
  }

  @Test
  void jarsInFoldersOfThePathVariableAreUsed() throws Exception {
    Path one = Files.createDirectory(box.file("one"));
    Path two = Files.createDirectory(box.file("two"));
    copyExample(PLUGIN, one);
    copyExample(FILTER, two);
    copyThroughBoth(Map.of("NBD_CORE_PLUGIN_PATH", one + ":" + two));
  }

  @Test
  void withoutTheJarTheErrorNamesTheFoldersSearched() {
    Ran ran = box.command(unpacked, Map.of(), "nbd-core", "hello", "--run", "true");
    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.err())
        .contains("there is no plugin 'hello'")
        .contains("(searched: nbd-core, " + plugins + ")");
  }

  @Test
  void jarsOnTheCommandLineAreUsedWithoutAFolder() throws Exception {
    Path one = Files.createDirectory(box.file("one"));
    Path plugin = copyExample(PLUGIN, one);
    Path filter = copyExample(FILTER, one);
    copyThrough(Map.of(), plugin.toString(), "--filter=" + filter, "mask-key=" + KEY);
  }

  @Test
  void theErrorForAJarOfTheOtherKindSaysHowToUseIt() throws Exception {
    Path one = Files.createDirectory(box.file("one"));
    Path plugin = copyExample(PLUGIN, one);
    Path filter = copyExample(FILTER, one);
    assertRefused(
        "'" + filter + "' contains no plugin, but a filter: use --filter=" + filter,
        filter.toString());
    assertRefused(
        "'" + plugin + "' contains no filter, but a plugin: omit --filter=",
        "hello",
        "--filter=" + plugin);
  }

  private void assertRefused(String message, String... words) {
    List<String> command = new ArrayList<>(List.of("--plugin-path=" + box.file("one")));
    command.addAll(List.of(words));
    Ran ran = box.command(unpacked, Map.of(), "nbd-core", command.toArray(String[]::new));
    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.err()).isEqualTo("nbd-core: error: " + message + "\n");
  }

  @Test
  void thePathOfTheCommandLineIsSearchedAndTheListShowsItsJars() throws Exception {
    Path one = Files.createDirectory(box.file("one"));
    Path jar = copyExample(PLUGIN, one);
    copyExample(FILTER, plugins);
    String path = "--plugin-path=" + one;
    copyThrough(Map.of(), path, "hello", "--filter=mask", "mask-key=" + KEY);

    Ran list = box.command(unpacked, Map.of(), "nbd-core", "--list", "--plugin-path", "" + one);
    String version = " +" + Distribution.VERSION + " +";
    assertThat(list.succeeded().out().lines())
        .anyMatch(line -> line.matches(" +memory" + version + "lib/nbd-plugin-memory-.*"))
        .anyMatch(line -> line.matches(" +mask" + version + "plugins/nbd-example-mask-filter-.*"))
        .anyMatch(line -> line.matches(" +hello" + version + jar + " +Example: .*"))
        .contains("Folders of third-party jars: " + plugins + ", " + one);
  }

  @Test
  void aBrokenJarIsReportedAndDoesNotAffectOthers() throws Exception {
    copyExample(PLUGIN, plugins);
    Files.writeString(plugins.resolve("a-text.jar"), "this is no jar");
    Jars.writeWithoutClass(plugins.resolve("b-hollow.jar"));
    Ran ran =
        box.command(unpacked, Map.of(), "nbd-core", "hello", "--run", "nbdinfo --size \"$uri\"");
    assertThat(ran.succeeded().line()).isEqualTo("65536");
    assertThat(ran.err().lines())
        .hasSize(2)
        .anyMatch(line -> line.contains("a-text.jar: it is not a jar"))
        .anyMatch(line -> line.contains("b-hollow.jar") && line.contains("org.example.Missing"));

    Ran ours = box.command(unpacked, Map.of(), "nbd-core", "memory", "1M", "--run", "true");
    assertThat(ours.succeeded().err()).as("what we ship needs no jar").isEmpty();
  }

  private void copyThroughBoth(Map<String, String> environment) throws Exception {
    copyThrough(environment, "hello", "--filter=mask", "mask-key=" + KEY);
  }

  private void copyThrough(Map<String, String> environment, String... words) throws Exception {
    Server server = box.serve(unpacked, environment, words);
    Path copy = box.file("copy");
    box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
    assertThat(server.stop().err()).isEmpty();
    byte[] expected = new byte[1 << 16];
    byte[] line = "Hello, NBD world\n".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (byte) (line[i % line.length] ^ KEY);
    }
    assertThat(Files.readAllBytes(copy)).isEqualTo(expected);
  }

  private static Path copyExample(String example, Path folder) throws IOException {
    String jar = "nbd-example-" + example + "-" + Distribution.VERSION + ".jar";
    return Files.copy(
        Distribution.repository("examples/" + example + "/target/" + jar), folder.resolve(jar));
  }
}
