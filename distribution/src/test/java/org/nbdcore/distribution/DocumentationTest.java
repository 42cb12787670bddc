package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.PluginProvider;

/** The declared parameters, the output of --help and the pages agree. */
class DocumentationTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path DOCS = ROOT.resolve("docs");

  /** A target of a link that is neither an address nor an anchor in the same page. */
  private static final Pattern LINK = Pattern.compile("]\\((?!\\w+:|#)([^)#]+)(#[^)]*)?\\)");

  /** A command that names a file of a clone. */
  private static final Pattern IN_CLONE =
      Pattern.compile("(?m)^ +(\\S*nbd-core) .*(examples/|target/nbd-example).*$");

  private static final Pattern CODE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  static Stream<String> plugins() {
    return providers(PluginProvider.class).map(PluginProvider::name);
  }

  static Stream<String> filters() {
    return providers(FilterProvider.class).map(FilterProvider::name);
  }

  private static <P> Stream<P> providers(Class<P> type) {
    return ServiceLoader.load(type).stream().map(ServiceLoader.Provider::get);
  }

  @ParameterizedTest
  @MethodSource("plugins")
  void thePageOfAPluginHasTheKeysThatItDeclares(String name) throws IOException {
    PluginProvider plugin =
        providers(PluginProvider.class).filter(p -> p.name().equals(name)).findAny().orElseThrow();
    assertThat(DocumentedKeys.of(DOCS.resolve(name + ".md"))).isEqualTo(keys(plugin.parameters()));
  }

  @ParameterizedTest
  @MethodSource("filters")
  void thePageOfAFilterHasTheKeysThatItDeclares(String name) throws IOException {
    FilterProvider filter =
        providers(FilterProvider.class).filter(p -> p.name().equals(name)).findAny().orElseThrow();
    assertThat(DocumentedKeys.of(DOCS.resolve("filters").resolve(name + ".md")))
        .isEqualTo(keys(filter.parameters()));
  }

  @ParameterizedTest
  @MethodSource("plugins")
  void helpShowsTheKeysThatAPluginDeclares(String name) throws Exception {
    PluginProvider plugin =
        providers(PluginProvider.class).filter(p -> p.name().equals(name)).findAny().orElseThrow();
    PrintedHelp help = PrintedHelp.of(name);
    assertThat(help.keys("plugin", name)).isEqualTo(keys(plugin.parameters()));
  }

  @Test
  void helpShowsTheKeysThatFiltersDeclare() throws Exception {
    List<String> words = new ArrayList<>(filters().map(name -> "--filter=" + name).toList());
    words.add("null");
    PrintedHelp help = PrintedHelp.of(words.toArray(String[]::new));
    assertThat(providers(FilterProvider.class))
        .isNotEmpty()
        .allSatisfy(
            filter ->
                assertThat(help.keys("filter", filter.name()))
                    .as(filter.name())
                    .isEqualTo(keys(filter.parameters())));
  }

  private static Set<String> keys(List<Parameter<?>> parameters) {
    return parameters.stream().map(Parameter::key).collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyFilterPageBelongsToAFilter() throws IOException {
    try (Stream<Path> pages = Files.list(DOCS.resolve("filters"))) {
      assertThat(pages.map(page -> page.getFileName().toString().replace(".md", "")))
          .hasSameElementsAs(filters().toList());
    }
  }

  @Test
  void indexLinksToEveryPage() throws IOException {
    String index = Files.readString(DOCS.resolve("README.md"));
    try (Stream<Path> pages = Files.list(DOCS)) {
      assertThat(pages.map(page -> page.getFileName().toString()))
          .filteredOn(name -> name.endsWith(".md") && !name.equals("README.md"))
          .isNotEmpty()
          .allSatisfy(name -> assertThat(index).contains("(" + name + ")"));
    }
  }

  @Test
  void linksBetweenPagesAreNotBroken() throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path page : pages()) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        if (!Files.exists(page.resolveSibling(link.group(1)))) {
          dead.add(ROOT.relativize(page) + ": " + link.group(1));
        }
      }
    }
    assertThat(dead).isEmpty();
  }

  /** A reader in a clone may have no nbd-core in the path. */
  @Test
  void commandsWithFilesOfTheCloneRunItsLauncher() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path page : pages()) {
      Matcher command = IN_CLONE.matcher(Files.readString(page));
      while (command.find()) {
        if (!command.group(1).contains("bin/")) {
          wrong.add(ROOT.relativize(page) + ": " + command.group().strip());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  /** What the README shows is compiled and tested, line for line. */
  @Test
  void codeInTheReadmeIsFromFilesOfThisProject() throws IOException {
    List<String> sources = new ArrayList<>();
    for (Path folder : List.of(ROOT.resolve("examples"), Path.of("src/test"))) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          sources.add(Files.readString(file));
        }
      }
    }
    Matcher block = CODE.matcher(Files.readString(ROOT.resolve("README.md")));
    int blocks = 0;
    while (block.find()) {
      String code = block.group(1);
      assertThat(sources).as("a file with%n%s", code).anyMatch(source -> source.contains(code));
      blocks++;
    }
    assertThat(blocks).isPositive();
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (Path folder : List.of(DOCS, ROOT.resolve("examples"))) {
      try (Stream<Path> files = Files.walk(folder)) {
        files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
      }
    }
    try (Stream<Path> files = Files.list(ROOT)) {
      files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
    }
    return pages;
  }
}
