package org.nbdcore.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.SpiVersion;

class ProvidersTest {

  @TempDir Path scratch;
  @TempDir Path plugins;

  private final List<String> warnings = new ArrayList<>();

  private Providers providers() {
    return new Providers(List.of(plugins), warnings::add);
  }

  private TestJar jar() {
    return new TestJar(scratch);
  }

  @Test
  void providersOnTheClassPathAreFoundWithoutOpeningJars() throws IOException {
    Files.writeString(plugins.resolve("broken.jar"), "this is no jar");
    try (Providers providers = providers()) {
      assertThat(providers.plugin("ram")).map(PluginProvider::name).contains("ram");
      assertThat(providers.filter("shade")).map(FilterProvider::name).contains("shade");
      assertThat(warnings).isEmpty();
      assertThat(providers.plugin("nothing")).isEmpty();
      assertThat(warnings).hasSize(1);
    }
  }

  @Test
  void aPluginAndAFilterInAJarAreFound() throws IOException {
    Path jar =
        jar()
            .plugin("Disk", "third-disk")
            .filter("Lens", "third-lens")
            .write(plugins.resolve("a.jar"));
    try (Providers providers = providers()) {
      PluginProvider plugin = providers.plugin("third-disk").orElseThrow();
      FilterProvider filter = providers.filter("third-lens").orElseThrow();
      assertThat(Providers.origin(plugin)).contains(jar);
      assertThat(loader(plugin)).isSameAs(loader(filter));
      assertThat(warnings).isEmpty();
      assertThat(providers.plugins())
          .extracting(PluginProvider::name)
          .contains("ram", "third-disk");
      assertThat(providers.filters())
          .extracting(FilterProvider::name)
          .contains("shade", "third-lens");
    }
  }

  private static ClassLoader loader(Object provider) {
    return ((ThirdPartyProviders.Provider) provider).original().getClass().getClassLoader();
  }

  @Test
  void eachJarHasItsOwnClassLoaderThatSharesOnlyTheSpi() throws Exception {
    jar().plugin("Disk", "one").write(plugins.resolve("a.jar"));
    jar().plugin("Disk", "two").write(plugins.resolve("b.jar"));
    try (Providers providers = providers()) {
      ClassLoader one = loader(providers.plugin("one").orElseThrow());
      ClassLoader two = loader(providers.plugin("two").orElseThrow());
      assertThat(one).isNotSameAs(two);
      assertThat(one.loadClass("third.Disk")).isNotSameAs(two.loadClass("third.Disk"));
      assertThat(one.loadClass(PluginProvider.class.getName())).isSameAs(PluginProvider.class);
      assertThat(one.loadClass("java.sql.Driver")).isNotNull();
      assertThatThrownBy(() -> one.loadClass("org.nbdcore.chain.Chain"))
          .isInstanceOf(ClassNotFoundException.class);
      assertThatThrownBy(() -> one.loadClass("com.sun.jna.Native"))
          .isInstanceOf(ClassNotFoundException.class);
    }
  }

  @Test
  void aJarForAnOlderOrANewerSpiIsReportedWithBothVersions() throws IOException {
    int current = SpiVersion.CURRENT;
    jar().plugin("Disk", "older").builtFor("" + (current - 1)).write(plugins.resolve("a.jar"));
    jar().plugin("Disk", "newer").builtFor("" + (current + 1)).write(plugins.resolve("b.jar"));
    jar().plugin("Disk", "good").builtFor("" + current).write(plugins.resolve("c.jar"));
    assertFound("good");
    assertThat(warnings)
        .containsExactly(
            plugins.resolve("a.jar")
                + ": it was built for SPI "
                + (current - 1)
                + "; this server has "
                + current,
            plugins.resolve("b.jar")
                + ": it was built for SPI "
                + (current + 1)
                + "; this server has "
                + current);
  }

  @Test
  void anInvalidJarIsReportedAndDoesNotAffectOthers() throws IOException {
    Files.writeString(plugins.resolve("a.jar"), "this is no jar");
    Files.createDirectory(plugins.resolve("b.jar"));
    jar().plugin("Disk", "good").write(plugins.resolve("c.jar"));
    assertFound("good");
    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0)).startsWith(plugins.resolve("a.jar") + ": it is not a jar: ");
    assertThat(warnings.get(1)).startsWith(plugins.resolve("b.jar") + ": ");
  }

  @Test
  void aMissingPluginFolderIsReportedWhenItIsSearched() throws IOException {
    Path missing = plugins.resolve("missing");
    try (Providers providers = new Providers(List.of(missing), warnings::add)) {
      assertThat(providers.plugin("ram")).isPresent();
      assertThat(warnings).as("nothing of it is wanted").isEmpty();
      assertThat(providers.plugin("other")).isEmpty();
    }
    assertThat(warnings)
        .containsExactly(
            missing + ": there is no such folder (--plugin-path or NBD_CORE_PLUGIN_PATH)");
  }

  @Test
  void aJarThatNamesNoProviderIsReported() throws IOException {
    jar().source("Plain", "package third; public class Plain {}").write(plugins.resolve("a.jar"));
    assertWarned(
        "a.jar", "it names no provider in META-INF/services/org.nbdcore.spi.PluginProvider");
  }

  @Test
  void aMissingProviderClassIsReportedAndOtherProvidersOfTheJarWork() throws IOException {
    jar()
        .service("PluginProvider", "third.Missing")
        .plugin("Disk", "good")
        .write(plugins.resolve("a.jar"));
    assertFound("good");
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("a.jar").contains("third.Missing").contains("not found");
  }

  @Test
  void aMissingDependencyOfAProviderIsReported() throws IOException {
    jar()
        .source("Helper", "package third; public class Helper {}")
        .source("Disk", TestJar.pluginSource("Disk", "bad", "final Helper helper = new Helper();"))
        .service("PluginProvider", "third.Disk")
        .without("Helper")
        .write(plugins.resolve("a.jar"));
    assertWarned("a.jar", "it needs the class third.Helper, which is not in the jar");
  }

  @Test
  void aClassForANewerJavaIsReportedWithBothVersions() throws IOException {
    Path jar = jar().plugin("Disk", "new").write(scratch.resolve("new.jar"));
    makeNewer(jar, plugins.resolve("a.jar"), 99);
    assertWarned(
        "a.jar", "it was compiled for Java 99, but this is Java " + Runtime.version().feature());
  }

  @Test
  void aProviderThatThrowsIsReported() throws IOException {
    jar()
        .source(
            "Disk",
            TestJar.pluginSource(
                "Disk", "bad", "public Disk() { throw new IllegalStateException(\"no mood\"); }"))
        .service("PluginProvider", "third.Disk")
        .write(plugins.resolve("a.jar"));
    assertNotFound("bad");
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("a.jar").contains("IllegalStateException: no mood");
  }

  /** The contract allows this, and the plugin S3 of nbd-core has such a name. */
  @Test
  void aNameMayHaveCapitals() throws IOException {
    jar().plugin("Disk", "Disk-2X").write(plugins.resolve("a.jar"));
    assertFound("Disk-2X");
    assertThat(warnings).isEmpty();
  }

  @Test
  void aProviderWithAnInvalidNameIsReported() throws IOException {
    jar().plugin("Disk", "Bad Name").write(plugins.resolve("a.jar"));
    assertWarned(
        "a.jar", "third.Disk: its name must match [A-Za-z0-9][A-Za-z0-9-]*, not 'Bad Name'");
  }

  @Test
  void providersOfAGivenJarAreFoundWithoutOpeningOtherJars() throws IOException {
    Files.writeString(plugins.resolve("broken.jar"), "this is no jar");
    Path jar =
        jar()
            .plugin("Disk", "named-disk")
            .filter("Lens", "named-lens")
            .write(plugins.resolve("a.jar"));
    try (Providers providers = providers()) {
      assertThat(providers.plugins(jar))
          .extracting(PluginProvider::name)
          .containsExactly("named-disk");
      assertThat(providers.filter("named-lens")).isPresent();
      assertThat(providers.filters(jar))
          .containsExactly(providers.filter("named-lens").orElseThrow());
      assertThat(warnings).as("the other jar was not looked at").isEmpty();
      assertThat(providers.plugins()).extracting(PluginProvider::name).contains("named-disk");
      assertThat(warnings).as("of the other jar only").hasSize(1);
    }
  }

  @Test
  void aGivenJarThatCannotBeUsedIsAnErrorWithTheReason() throws IOException {
    Path text = Files.writeString(plugins.resolve("text.jar"), "this is no jar");
    Path missing = plugins.resolve("missing.jar");
    try (Providers providers = providers()) {
      assertThatThrownBy(() -> providers.plugins(text))
          .isInstanceOf(ZipException.class)
          .hasMessageStartingWith("it is not a jar: ");
      assertThatThrownBy(() -> providers.filters(missing))
          .isInstanceOf(NoSuchFileException.class)
          .hasMessageContaining("missing.jar");
    }
  }

  @Test
  void jarsUseDifferentVersionsOfALibraryBundledOrBesideThem() throws IOException {
    Files.createDirectory(plugins.resolve("lib"));
    library("one").write(plugins.resolve("lib/words-1.jar"));
    library("two").write(plugins.resolve("lib/words-2.jar"));
    usesLibrary("first").without("Words").classPath("lib/words-1.jar").write(jarFile("a.jar"));
    usesLibrary("second").without("Words").classPath("lib/words-2.jar").write(jarFile("b.jar"));
    usesLibrary("shaded").write(jarFile("c.jar"));
    try (Providers providers = providers()) {
      assertThat(providers.plugin("first")).map(PluginProvider::version).contains("one");
      assertThat(providers.plugin("second")).map(PluginProvider::version).contains("two");
      assertThat(providers.plugin("shaded")).map(PluginProvider::version).contains("its own");
      assertThat(warnings).isEmpty();
    }
  }

  private Path jarFile(String name) {
    return plugins.resolve(name);
  }

  private TestJar library(String word) {
    return jar()
        .source(
            "Words",
            "package third; public class Words {"
                + ("public static String word() { return \"" + word + "\"; } }"));
  }

  /** A plugin that gives a word of the library as its version. */
  private TestJar usesLibrary(String name) {
    String version = "public String version() { return Words.word(); }";
    return library("its own")
        .source("Disk", TestJar.pluginSource("Disk", name, version))
        .service("PluginProvider", "third.Disk");
  }

  @Test
  void theFirstOfTwoProvidersWithOneNameIsUsedAndTheOtherReported() throws IOException {
    Path first = jar().plugin("Disk", "twin").write(plugins.resolve("a.jar"));
    jar().plugin("Disk", "twin").plugin("Ram", "ram").write(plugins.resolve("b.jar"));
    try (Providers providers = providers()) {
      assertThat(Providers.origin(providers.plugin("twin").orElseThrow())).contains(first);
      assertThat(warnings).hasSize(2);
      assertThat(warnings.get(0))
          .isEqualTo(
              plugins.resolve("b.jar")
                  + ": its plugin 'twin' is ignored, because "
                  + first
                  + " has one too");
      assertThat(warnings.get(1)).contains("its plugin 'ram' is ignored");
    }
  }

  @Test
  void pluginFoldersAreTheDistributionsThenTheSearchPathsInOrder() throws IOException {
    Path home = plugins.resolve("home");
    List<String> paths = List.of("/z", "/x::/y");
    assertThat(PluginFolders.of(Optional.of(home), paths))
        .as("a distribution may have none")
        .containsExactly(Path.of("/z"), Path.of("/x"), Path.of("/y"));
    Path own = Files.createDirectories(home.resolve("plugins"));
    assertThat(PluginFolders.of(Optional.of(home), paths))
        .containsExactly(own, Path.of("/z"), Path.of("/x"), Path.of("/y"));
    assertThat(PluginFolders.of(Optional.empty(), List.of(""))).isEmpty();
  }

  private void assertFound(String name) throws IOException {
    try (Providers providers = providers()) {
      assertThat(providers.plugin(name)).isPresent();
    }
  }

  private void assertNotFound(String name) throws IOException {
    try (Providers providers = providers()) {
      assertThat(providers.plugin(name)).isEmpty();
    }
  }

  private void assertWarned(String jar, String reason) throws IOException {
    assertNotFound("whatever");
    assertThat(warnings).containsExactly(plugins.resolve(jar) + ": " + reason);
  }

  /** Copies a jar, marking its classes as compiled for another Java. */
  private static void makeNewer(Path from, Path to, int release) throws IOException {
    try (var in = new JarFile(from.toFile());
        var out = new JarOutputStream(Files.newOutputStream(to))) {
      for (var entry : Collections.list(in.entries())) {
        byte[] bytes = in.getInputStream(entry).readAllBytes();
        if (entry.getName().endsWith(".class")) {
          bytes[7] = (byte) (44 + release);
        }
        out.putNextEntry(new JarEntry(entry.getName()));
        out.write(bytes);
      }
    }
  }
}
