package org.nbdcore.distribution;

import static java.util.regex.Pattern.DOTALL;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The BOM names each artifact that this project publishes, and nothing else. */
class BomTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
  private static final Pattern ARTIFACT = Pattern.compile("<artifactId>([^<]+)</artifactId>");
  private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");
  private static final String NOT_PUBLISHED = "<maven.deploy.skip>true</maven.deploy.skip>";

  private static String pom(String module) throws IOException {
    return Files.readString(ROOT.resolve(module).resolve("pom.xml"));
  }

  private static List<String> all(Pattern pattern, String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  @Test
  void theBomNamesEachPublishedArtifact() throws IOException {
    List<String> published = new ArrayList<>();
    for (String module : all(MODULE, pom("."))) {
      String pom = pom(module);
      if (!module.equals("bom") && !pom.contains(NOT_PUBLISHED)) {
        String own = pom.substring(pom.indexOf("</parent>"));
        published.add(all(ARTIFACT, own).get(0));
      }
    }
    String bom = pom("bom");
    String managed =
        bom.substring(
            bom.indexOf("<dependencyManagement>"), bom.indexOf("</dependencyManagement>"));
    assertThat(all(ARTIFACT, managed)).containsExactlyInAnyOrderElementsOf(published);
    assertThat(all(VERSION, managed)).containsOnly("${project.version}");
  }

  @Test
  void theBomHasTheVersionAndTheHomeOfTheParent() throws IOException {
    String bom = pom("bom");
    String parent = pom(".");
    assertThat(all(VERSION, bom).get(0)).isEqualTo(all(VERSION, parent).get(0));
    Pattern home = Pattern.compile("<project.home>([^<]+)</project.home>");
    assertThat(all(home, bom)).hasSize(1).isEqualTo(all(home, parent));
  }

  @Test
  void theBomHasTheMavenPluginsOfTheParent() throws IOException {
    Pattern plugins =
        Pattern.compile(
            "<artifactId>([a-z]+-maven-plugin|maven-[a-z]+-plugin)</artifactId>"
                + "\\s*<version>([^<]+)</version>");
    List<String> bom = found(plugins, pom("bom"));
    assertThat(bom).hasSize(3);
    assertThat(found(plugins, pom("."))).containsAll(bom);
  }

  /** Maven Central refuses a POM without a signature, and the BOM does not inherit the profile. */
  @Test
  void theBomIsSignedAndItsHomeCheckedLikeTheParents() throws IOException {
    Pattern executions = Pattern.compile("<id>(sign|home-is-set)</id>.*?</execution>", DOTALL);
    List<String> bom = found(executions, pom("bom"));
    assertThat(bom).hasSize(2);
    assertThat(found(executions, pom("."))).containsAll(bom);
  }

  @Test
  void unpublishedModulesAreNotInstalled() throws IOException {
    for (String module : all(MODULE, pom("."))) {
      assertThat(pom(module).contains("<maven.install.skip>true</maven.install.skip>"))
          .as(module)
          .isEqualTo(pom(module).contains(NOT_PUBLISHED));
    }
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(found -> found.group().replaceAll("\\s+", " ").replace("> <", "><"))
        .toList();
  }
}
