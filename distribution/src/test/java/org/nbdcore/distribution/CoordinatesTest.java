package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nbdcore.spi.SpiVersion;

/**
 * Artifacts and versions that authors copy are those of this build: in pages, in the template of
 * {@code new-plugin}, and in examples that stand outside the build.
 */
class CoordinatesTest {

  private static final Path ROOT = Path.of("..");
  private static final String TEMPLATE =
      "nbd-cli/src/main/resources/org/nbdcore/cli/template/pom.xml";
  private static final String KOTLIN = "examples/kotlin-plugin/pom.xml";

  private static final Pattern OWN_VERSION =
      Pattern.compile(
          "<artifactId>nbd-bom</artifactId>\\s*<version>([^<$]+)</version>"
              + "|<nbd-core.version>([^<@]+)</nbd-core.version>"
              + "|org\\.nbdcore:nbd-[a-z-]+:([\\w.-]+)"
              + "|nbd-example-[a-z-]+-([0-9*][^ /]*)\\.jar");

  private static final Pattern OWN_ARTIFACT =
      Pattern.compile(
          "<groupId>org\\.nbdcore</groupId>\\s*<artifactId>([^<]+)</artifactId>"
              + "|org\\.nbdcore:(nbd-[a-z-]+)");

  private static final Pattern PLUGIN =
      Pattern.compile("<artifactId>([a-z-]+-maven-plugin|maven-[a-z-]+-plugin)</artifactId>");

  private static final Pattern SPI = Pattern.compile("NBD-Core-SPI-Version\\W+(?:to )?(\\d+)");

  static Stream<String> copied() throws IOException {
    Set<String> files = new LinkedHashSet<>(List.of("README.md", TEMPLATE, KOTLIN));
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
        Stream<Path> examples = Files.walk(ROOT.resolve("examples"), 2)) {
      Stream.concat(docs, examples)
          .filter(file -> file.toString().endsWith(".md"))
          .forEach(file -> files.add(ROOT.relativize(file).toString()));
    }
    return files.stream().sorted();
  }

  private static String text(String file) throws IOException {
    return Files.readString(ROOT.resolve(file));
  }

  private static List<String> all(Pattern pattern, String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      for (int group = 1; group <= matcher.groupCount(); group++) {
        if (matcher.group(group) != null) {
          found.add(matcher.group(group));
        }
      }
    }
    return found;
  }

  /** The value of an element of the parent POM. */
  private static String parent(String element) throws IOException {
    Pattern value = Pattern.compile("<" + element + ">([^<]+)</" + element + ">");
    return all(value, text("pom.xml")).get(0);
  }

  @ParameterizedTest
  @MethodSource("copied")
  void copiedArtifactsAndVersionsMatchTheBuild(String file) throws IOException {
    String text = text(file);
    Pattern managed = Pattern.compile("<artifactId>([^<]+)</artifactId><version>");
    Set<String> published = new LinkedHashSet<>(all(managed, text("bom/pom.xml")));
    published.add("nbd-bom");
    if (file.equals(KOTLIN)) {
      published.add("nbd-example-kotlin-plugin");
    }
    assertThat(published).containsAll(all(OWN_ARTIFACT, text));
    assertThat(all(OWN_VERSION, text)).allMatch(parent("version")::equals);
    assertThat(all(SPI, text)).allMatch(Integer.toString(SpiVersion.CURRENT)::equals);
  }

  @ParameterizedTest
  @MethodSource("copied")
  void mavenPluginVersionsMatchTheParent(String file) throws IOException {
    Map<String, String> versions = new LinkedHashMap<>();
    for (String plugin : all(PLUGIN, text(file))) {
      versions.put(plugin, version(plugin, file));
    }
    for (Map.Entry<String, String> plugin : versions.entrySet()) {
      assertThat(plugin.getValue())
          .as("%s in %s", plugin.getKey(), file)
          .isEqualTo(version(plugin.getKey(), "pom.xml"));
    }
  }

  /** The version of a Maven plugin in a file; properties of the file are resolved. */
  private static String version(String plugin, String file) throws IOException {
    Pattern declared =
        Pattern.compile("<artifactId>" + plugin + "</artifactId>\\s*<version>([^<]+)</version>");
    List<String> versions = all(declared, text(file));
    assertThat(versions).as("the version of %s in %s", plugin, file).isNotEmpty();
    String version = versions.get(0);
    if (version.startsWith("${")) {
      String name = Pattern.quote(version.substring(2, version.length() - 1));
      Pattern property = Pattern.compile("<" + name + ">([^<]+)</" + name + ">");
      version = all(property, text(file)).get(0);
    }
    return version;
  }

  @Test
  void pagesForAuthorsNameTheBom() throws IOException {
    assertThat(all(OWN_VERSION, text("docs/embedding.md"))).isNotEmpty();
    assertThat(all(OWN_VERSION, text("docs/writing-a-plugin.md"))).hasSizeGreaterThanOrEqualTo(3);
    assertThat(all(SPI, text("docs/writing-a-plugin.md"))).isNotEmpty();
  }
}
