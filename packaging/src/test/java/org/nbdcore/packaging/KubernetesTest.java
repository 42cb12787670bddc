package org.nbdcore.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files in deploy/kubernetes can be read, and agree with each other. */
class KubernetesTest {

  private static final Path FOLDER = Path.of("../deploy/kubernetes");
  private static final Path CHART = FOLDER.resolve("chart");
  private static final String KUSTOMIZATION = "kustomization.yaml";
  private static final Pattern VALUE = Pattern.compile("\\.Values\\.([\\w.]+)");
  private static final Pattern ACTION = Pattern.compile("\\{\\{-? *(if|range|with|define|end)\\b");

  private static List<Path> files(Path folder, String suffix) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  private static boolean isTemplate(Path file) {
    return file.startsWith(CHART.resolve("templates"));
  }

  private static List<Map<String, Object>> documents(Path file) throws IOException {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    List<Map<String, Object>> documents = new ArrayList<>();
    for (Object document : new Yaml(new SafeConstructor(strict)).loadAll(Files.readString(file))) {
      assertThat(document).as(file.toString()).isInstanceOf(Map.class);
      documents.add(map(document));
    }
    return documents;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  private static Object at(Object value, String path) {
    Object found = value;
    for (String key : path.split("[.]")) {
      assertThat(found).as(path).isInstanceOf(Map.class);
      found = map(found).get(key);
    }
    return found;
  }

  @Test
  void eachObjectHasAKindAndAName() throws IOException {
    int objects = 0;
    for (Path file : files(FOLDER, ".yaml")) {
      if (isTemplate(file) || file.startsWith(CHART)) {
        continue;
      }
      for (Map<String, Object> object : documents(file)) {
        assertThat(object).as(file.toString()).containsKeys("apiVersion", "kind");
        if (!file.endsWith(KUSTOMIZATION)) {
          assertThat((String) at(object, "metadata.name")).as(file.toString()).isNotBlank();
          objects++;
        }
      }
    }
    assertThat(objects).isEqualTo(8);
  }

  @Test
  void eachFileIsPartOfAKustomization() throws IOException {
    Set<Path> named = new HashSet<>();
    for (Path file : files(FOLDER, KUSTOMIZATION)) {
      for (Object resource : (List<?>) documents(file).get(0).get("resources")) {
        Path path = file.resolveSibling((String) resource).normalize();
        assertThat(path).exists();
        named.add(path);
      }
    }
    for (Path file : files(FOLDER, ".yaml")) {
      if (!file.startsWith(CHART) && !file.endsWith(KUSTOMIZATION)) {
        assertThat(named).contains(file.normalize());
      }
    }
  }

  @Test
  void allFilesNameTheVersionOfTheProject() throws IOException {
    Matcher pom =
        Pattern.compile("<version>([^<]+)</version>").matcher(Files.readString(Path.of("pom.xml")));
    assertThat(pom.find()).isTrue();
    Map<String, Object> chart = documents(CHART.resolve("Chart.yaml")).get(0);
    assertThat(chart)
        .containsEntry("version", pom.group(1))
        .containsEntry("appVersion", pom.group(1));
    for (Path file : files(FOLDER, KUSTOMIZATION)) {
      Object images = documents(file).get(0).get("images");
      if (images != null) {
        assertThat(map(((List<?>) images).get(0)))
            .as(file.toString())
            .containsEntry("name", "nbd-core")
            .containsEntry("newTag", pom.group(1));
      }
    }
  }

  @Test
  void probesAndServicesUsePortsThatTheContainerHas() throws IOException {
    Map<String, Object> deployment = documents(FOLDER.resolve("base/deployment.yaml")).get(0);
    Map<String, Object> container =
        map(((List<?>) at(deployment, "spec.template.spec.containers")).get(0));
    Set<Object> ports = new TreeSet<>();
    ((List<?>) container.get("ports")).forEach(port -> ports.add(map(port).get("name")));
    assertThat(ports).containsExactly("metrics", "nbd");
    for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
      assertThat(ports).contains(at(container, probe + ".httpGet.port"));
    }
    assertThat(at(container, "readinessProbe.httpGet.path")).isEqualTo("/ready");
    Map<String, Object> service = documents(FOLDER.resolve("base/service.yaml")).get(0);
    for (Object port : (List<?>) at(service, "spec.ports")) {
      assertThat(ports).contains(map(port).get("targetPort"));
    }
  }

  @Test
  void everyContainerHasASecurityContextAndAMemoryLimit() throws IOException {
    int containers = 0;
    for (Path file : files(FOLDER, ".yaml")) {
      for (Map<String, Object> object :
          isTemplate(file) ? List.<Map<String, Object>>of() : documents(file)) {
        if (Set.of("Deployment", "Job").contains(object.getOrDefault("kind", ""))) {
          Map<String, Object> pod = map(at(object, "spec.template.spec"));
          assertThat(at(pod, "securityContext.runAsNonRoot")).isEqualTo(true);
          for (Object container : (List<?>) pod.get("containers")) {
            assertThat(at(container, "securityContext.readOnlyRootFilesystem")).isEqualTo(true);
            assertThat(at(container, "securityContext.capabilities.drop"))
                .isEqualTo(List.of("ALL"));
            assertThat(at(container, "resources.limits.memory")).isNotNull();
            containers++;
          }
        }
      }
    }
    assertThat(containers).isEqualTo(3);
  }

  /** The templates are no YAML until Helm has filled them in. */
  @Test
  void templatesUseExistingValuesAndCloseTheirBlocks() throws IOException {
    Map<String, Object> values = documents(CHART.resolve("values.yaml")).get(0);
    for (Path file : files(CHART.resolve("templates"), "")) {
      if (!Files.isRegularFile(file)) {
        continue;
      }
      String text = Files.readString(file);
      Matcher value = VALUE.matcher(text);
      while (value.find()) {
        assertThat(at(values, value.group(1))).as("%s: %s", file, value.group()).isNotNull();
      }
      int open = 0;
      Matcher action = ACTION.matcher(text);
      while (action.find()) {
        open += action.group(1).equals("end") ? -1 : 1;
        assertThat(open).as(file.toString()).isNotNegative();
      }
      assertThat(open).as(file.toString()).isZero();
    }
  }
}
