package org.nbdcore.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The completions in the installed shells, and the manual pages in mandoc. */
class ShellTest {

  /** Sets the variables that bash sets, calls the function, and prints what it offers. */
  private static final String COMPLETE =
      """
      . "$1"
      COMP_LINE=$2 COMP_POINT=${#2}
      mapfile -t COMP_WORDS < <(grep -oE '("[^"]*"|[^ ="])+|=' <<<"$2")
      [[ $2 != *' ' ]] || COMP_WORDS+=("")
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      compopt() { :; }
      "$3"
      echo "${COMPREPLY[*]}"
      """;

  /** Stands in for the functions of zsh that offer words, and calls the one for parameters. */
  private static final String ZSH_COMPLETE =
      """
      compadd() { shift; print -r -- $*; }
      compset() { PREFIX=${PREFIX#*=}; }
      _files() { print files; }
      _arguments() { :; }
      . $1
      words=(${=2}) CURRENT=${#words} PREFIX=$words[-1]
      _nbd_core_parameter
      """;

  private static final String FISH_COMPLETE =
      """
      source $argv[1]
      complete -C $argv[2] | string replace -r '\\t.*' ''
      """;

  @TempDir private static Path folder;

  @BeforeAll
  static void write() throws IOException {
    Map<String, String> files = Generate.files(Path.of("../docs"), "1.2.3", "2026-11-22");
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "nbd-core, 'nbd-core fi', file",
    "nbd-core, 'nbd-core --filter=blocks', blocksize blocksize-policy",
    "nbd-core, 'nbd-core --filter blocks', blocksize blocksize-policy",
    "nbd-core, 'nbd-core --tls-v', --tls-verify-peer",
    "nbd-core, 'nbd-core --tls=', off on require",
    "nbd-core, 'nbd-core file d', dir= directory= dirfd=",
    "nbd-core, 'nbd-core -U file file cache=', default none",
    "nbd-core, 'nbd-core --log \"/a b\" file d', dir= directory= dirfd=",
    "nbd-core, 'nbd-core --filter=cow file cow-on-c', cow-on-cache=",
    "nbd-core, 'nbd-core --filter=cow file cow-on-cache=', true false",
    "nbd-core, 'nbd-core --filter=cow file cow-on-read=/dev/nul', /dev/null",
    "nbd-vmdk, 'nbd-vmdk co', convert compact",
    "nbd-vmdk, 'nbd-vmdk create --type=vmfs-', vmfs-flat vmfs-thin vmfs-sparse",
    "nbd-info, 'nbd-info --can m', multi-conn",
    "nbd-copy, 'nbd-copy --dest', --destination-is-zero",
    "nbd-vsphere, 'nbd-vsphere --engine n', nfc"
  })
  void bashOffersTheRightCompletions(String command, String line, String offered) throws Exception {
    assumeInstalled("bash");
    Path file = folder.resolve("bash-completion/completions").resolve(command);
    String function = "_" + Completion.identifier(command);
    assertThat(output("bash", "-c", COMPLETE, "bash", file.toString(), line, function))
        .isEqualTo(offered);
  }

  /** Values of parameters of filters and plugins, under each name of the parameter. */
  @ParameterizedTest
  @CsvSource({
    "--filter=cache cache=, writeback writethrough unsafe",
    "--filter cache memory 1M cache=, writeback writethrough unsafe",
    "-U file --filter=log --filter=cache file cache=, writeback writethrough unsafe",
    "--filter=cache file cache.cache=, writeback writethrough unsafe",
    "--filter=cache file file.cache=, default none",
    "--filter=nozero memory 1M zeromode=, none emulate notrim plugin",
    "--filter=error memory 1M error-pread=, EPERM EIO ENOMEM EINVAL ENOSPC ESHUTDOWN",
    "curl http-version=, none 1.1",
    "pattern upper=, random"
  })
  void eachShellCompletesParameterValues(String line, String offered) throws Exception {
    assumeInstalled("bash");
    assumeInstalled("zsh");
    assumeInstalled("fish");
    String typed = "nbd-core " + line;
    String bash = folder.resolve("bash-completion/completions/nbd-core").toString();
    assertThat(output("bash", "-c", COMPLETE, "bash", bash, typed, "_nbd_core")).isEqualTo(offered);
    String zsh = folder.resolve("zsh/vendor-completions/_nbd-core").toString();
    assertThat(output("zsh", "-fc", ZSH_COMPLETE, "zsh", zsh, typed)).isEqualTo(offered);
    String fish = folder.resolve("fish/vendor_completions.d/nbd-core.fish").toString();
    String key = line.substring(line.lastIndexOf(' ') + 1);
    assertThat(output("fish", "--no-config", "-c", FISH_COMPLETE, fish, typed).split("\n"))
        .containsAll(Stream.of(offered.split(" ")).map(word -> key + word).toList());
  }

  @ParameterizedTest
  @CsvSource({"bash, bash-completion", "zsh, zsh", "fish, fish"})
  void eachShellParsesItsCompletionFiles(String shell, String part) throws Exception {
    assumeInstalled(shell);
    for (Path file : files(part)) {
      assertThat(output(shell, "-n", file.toString())).as("%s", file).isEmpty();
    }
  }

  @Test
  void mandocReportsNoWarnings() throws Exception {
    assumeInstalled("mandoc");
    List<String> command = new ArrayList<>(List.of("mandoc", "-Tlint", "-Wwarning"));
    files("man").forEach(file -> command.add(file.toString()));
    assertThat(output(command.toArray(String[]::new))).isEmpty();
  }

  private static List<Path> files(String part) throws IOException {
    try (var files = Files.walk(folder.resolve(part))) {
      List<Path> found = files.filter(Files::isRegularFile).toList();
      assertThat(found).isNotEmpty();
      return found;
    }
  }

  private static void assumeInstalled(String program) {
    assumeThat(Path.of("/usr/bin", program)).isExecutable();
  }

  private static String output(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return text.strip();
  }
}
