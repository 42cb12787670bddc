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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nbdcore.cli.CommandLineReference;
import org.nbdcore.spi.Parameter;

/** What is declared is in the manual pages and in the completion of each shell. */
class GenerateTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern CASE = Pattern.compile("case ((?:\"-[\\w-]+\"(?:, )?)+)");
  private static final Pattern STRING = Pattern.compile("\"(-[\\w-]+)\"");

  /** Accepted for scripts that were written for nbdinfo, but without effect. */
  private static final Set<String> UNLISTED =
      Set.of("--color", "--colour", "--no-color", "--no-colour");

  private static Map<String, String> files;

  @BeforeAll
  static void generate() throws IOException {
    files = Generate.files(ROOT.resolve("docs"), "1.2.3", "2026-11-22");
  }

  private static List<DocumentedCommand> commands() {
    List<DocumentedCommand> commands = new ArrayList<>(DocumentedCommands.tools());
    commands.add(DocumentedCommands.server());
    return commands;
  }

  private static String manual(String name) {
    return files.get("man/man1/" + name + ".1");
  }

  private static List<String> completions(String command) {
    return Stream.of(
            "bash-completion/completions/" + command,
            "zsh/vendor-completions/_" + command,
            "fish/vendor_completions.d/" + command + ".fish")
        .map(files::get)
        .toList();
  }

  @Test
  void documentedServerOptionsAreThoseDeclared() {
    List<String> declared =
        CommandLineReference.options().stream()
            .flatMap(entry -> entry.spellings().stream())
            .toList();
    assertThat(declared).contains("-U", "--unix", "--tls-verify-peer");
    assertThat(spellings(DocumentedCommands.server())).containsExactlyElementsOf(declared);
  }

  /** This shows that {@code --help} omits no option, and that it was parsed to its end. */
  @Test
  void documentedToolOptionsIncludeAllThatTheToolsAccept() throws IOException {
    Map<String, String> sources =
        Map.of(
            "nbd-copy", "nbd-client/src/main/java/org/nbdcore/client/cli/NbdCopy.java",
            "nbd-info", "nbd-client/src/main/java/org/nbdcore/client/cli/NbdInfo.java",
            "nbd-vmdk", "nbd-client/src/main/java/org/nbdcore/client/cli/NbdVmdk.java",
            "nbd-vsphere", "nbd-vsphere/src/main/java/org/nbdcore/tools/vsphere/NbdVsphere.java");
    assertThat(DocumentedCommands.tools()).hasSameSizeAs(sources.keySet());
    for (DocumentedCommand tool : DocumentedCommands.tools()) {
      Set<String> accepted = new HashSet<>();
      String source = Files.readString(ROOT.resolve(sources.get(tool.name())));
      for (Matcher label = CASE.matcher(source); label.find(); ) {
        for (Matcher word = STRING.matcher(label.group(1)); word.find(); ) {
          accepted.add(word.group(1));
        }
      }
      accepted.removeAll(UNLISTED);
      assertThat(spellings(tool)).as(tool.name()).containsAll(accepted).contains("--help");
    }
  }

  private static List<String> spellings(DocumentedCommand command) {
    return command.flags().stream().flatMap(flag -> flag.spellings().stream()).toList();
  }

  @Test
  void manualPagesNameAllOptions() {
    for (DocumentedCommand command : commands()) {
      for (String option : spellings(command)) {
        assertThat(manual(command.name()))
            .as(command.name())
            .containsPattern("\\.T[PQ]\n.*" + Pattern.quote(Roff.bold(Roff.literal(option))));
      }
    }
  }

  @Test
  void completionsNameAllOptionsAndSubcommands() {
    for (DocumentedCommand command : commands()) {
      String bash = completions(command.name()).get(0);
      String zsh = completions(command.name()).get(1);
      String fish = completions(command.name()).get(2);
      for (Flag flag : command.flags()) {
        for (String option : flag.spellings()) {
          String bare = option.replaceFirst("^--?", "");
          String name = (option.startsWith("--") ? " -l " : " -s ") + bare + " ";
          assertThat(bash).containsPattern("[ '\n]" + option + "=?[ ']");
          assertThat(zsh).containsPattern("[)*]" + option + "(=-?|\\+)?\\[");
          assertThat(fish).contains(name);
        }
      }
      for (String word : command.words()) {
        assertThat(completions(command.name()))
            .allSatisfy(text -> assertThat(text).containsPattern("\\b" + word + "\\b"));
      }
    }
    assertThat(DocumentedCommands.server().words()).contains("new-plugin", "new-filter");
  }

  @Test
  void everyPluginAndFilterHasAPageWithItsParametersAndFlags() {
    for (DocumentedLayer layer : layers()) {
      String page = manual(layer.page());
      assertThat(page).as(layer.page()).isNotNull();
      for (Parameter<?> parameter : layer.parameters()) {
        String key = Roff.bold(Roff.literal(parameter.key() + "="));
        assertThat(page).as(layer.page()).containsPattern("\\.TP\n\\[?" + Pattern.quote(key));
      }
      layer.flags().forEach(flag -> assertThat(page).contains("." + Roff.literal(flag.name())));
      assertThat(manual("nbd-core")).contains(Roff.bold(Roff.literal(layer.page())) + "(1)");
    }
  }

  @Test
  void completionsNameEveryPluginFilterAndParameter() {
    List<String> texts = completions("nbd-core");
    for (DocumentedLayer layer : layers()) {
      assertThat(texts)
          .allSatisfy(text -> assertThat(text).containsPattern("[ ':]" + layer.name() + "[ ':]"));
      String keys =
          layer.parameters().stream()
              .map(each -> each.key() + "=")
              .reduce((all, key) -> all + " " + key)
              .orElse("");
      if (!keys.isEmpty()) {
        assertThat(texts.get(0)).contains(layer.kind() + ":" + layer.name() + ") echo '" + keys);
        assertThat(texts.get(1)).contains(layer.kind() + ":" + layer.name() + ") keys+=(" + keys);
      }
      for (Parameter<?> parameter : layer.parameters()) {
        String condition = "'__nbd_core_" + layer.kind() + " " + layer.name() + "' -a '";
        assertThat(texts.get(2)).contains(condition + parameter.key() + "=");
      }
    }
  }

  @Test
  void completionsNameEveryChoiceOfAParameter() {
    List<String> texts = completions("nbd-core");
    int closed = 0;
    for (DocumentedLayer layer : layers()) {
      for (Parameter<?> parameter : layer.parameters()) {
        String words = String.join(" ", parameter.choices());
        List<String> keys = new ArrayList<>(parameter.aliases());
        keys.add(parameter.key());
        for (String key : words.isEmpty() ? List.<String>of() : keys) {
          String label = Pattern.quote(layer.label() + ":" + key);
          assertThat(texts.get(0)).containsPattern(label + "( \\| .*)?\\) _nbd_core_of '" + words);
          assertThat(texts.get(1)).containsPattern(label + "( \\| .*)?\\) compadd -- " + words);
          assertThat(texts.get(2)).contains(" " + key + "=" + words.split(" ")[0] + " ");
          closed++;
        }
      }
    }
    assertThat(closed).isGreaterThan(80);
  }

  private static List<DocumentedLayer> layers() {
    List<DocumentedLayer> layers = new ArrayList<>(DocumentedLayer.plugins());
    layers.addAll(DocumentedLayer.filters());
    assertThat(layers).hasSizeGreaterThan(50);
    return layers;
  }

  @Test
  void noPlaceholderOfATemplateIsLeft() {
    assertThat(files.values())
        .allSatisfy(text -> assertThat(text).doesNotContainPattern("@[A-Z]+@"));
  }
}
