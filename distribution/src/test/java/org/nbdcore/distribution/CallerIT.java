package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the launcher passes on from its caller: file names of any bytes in any locale, variables and
 * descriptors. A shell starts the commands, because Java cannot start programs in this way.
 */
class CallerIT {

  /**
   * A name in UTF-8 and one in Latin-1, which is not valid UTF-8, as escapes of the shell's printf.
   */
  private static final String UTF8 = "gr\\303\\266\\303\\237e";

  private static final String LATIN1 = "gr\\366\\337e";

  /** The ways in which a shell assigns to variables. */
  private static final List<Pattern> ASSIGNMENTS =
      List.of(
          Pattern.compile("(?:^|[\\s;({&|])([A-Za-z_]\\w*)="),
          Pattern.compile("\\bfor (\\w+)"),
          Pattern.compile("\\bread -r ([\\w ]+)"));

  @TempDir Path folder;

  /** The output of a shell script on both streams. {@code $nbd} is the launcher. */
  private String shell(Map<String, String> environment, String script) throws Exception {
    ProcessBuilder builder = Launched.start(folder, environment);
    String launcher = Launched.HOME.resolve("bin/nbd-core").toString();
    builder.command(List.of("sh", "-c", script)).redirectErrorStream(true);
    builder.environment().put("nbd", launcher);
    builder.environment().putIfAbsent("NBD_CORE_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
    Process process = builder.start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return output;
  }

  private String in(String locale, String name, String script) throws Exception {
    return shell(
        Map.of(),
        "unset LC_ALL LC_CTYPE LANG; " + locale + "\nname=$(printf '" + name + "')\n" + script);
  }

  @ParameterizedTest
  @CsvSource({
    "'', " + UTF8,
    "'', " + LATIN1,
    "export LANG=C, " + UTF8,
    "export LC_ALL=POSIX, " + LATIN1,
    "export LC_ALL=xx_XX.UTF-8, " + UTF8,
    "export LC_ALL=C.UTF-8, " + LATIN1,
  })
  void fileNamesArePassedByteForByte(String locale, String name) throws Exception {
    String command = "'printf %s \"$unixsocket\"; ls; printf %s \"${LC_ALL-unset}\"'";
    String output =
        in(
            locale,
            name,
            "mkdir \"$name\"; cd \"$name\"; truncate -s 1M \"$name.raw\"\n"
                + "\"$nbd\" -U \"$name.sock\" -P \"$name.pid\" file \"$name.raw\" --run "
                + command
                + "\necho; ls\n");
    String bytes = name.equals(UTF8) ? "gr\u00c3\u00b6\u00c3\u009fe" : "gr\u00f6\u00dfe";
    String all =
        Files.isDirectory(folder) // the real path, as $unixsocket is absolute
            ? folder.toRealPath() + "/" + bytes + "/" + bytes + ".sock"
            : "";
    String value = locale.contains("LC_ALL=") ? locale.replaceAll(".*LC_ALL=", "") : "unset";
    assertThat(output)
        .isEqualTo(
            all + bytes + ".pid\n" + bytes + ".raw\n" + bytes + ".sock\n" + value + "\n" + bytes
                + ".raw\n");
  }

  @ParameterizedTest
  @CsvSource({"'', " + LATIN1, "export LANG=C, " + UTF8})
  void clientsAcceptFileNamesByteForByte(String locale, String name) throws Exception {
    String script =
        """
        mkdir "$name" && cd "$name" || exit
        export bin=${nbd%/*} name
        head -c 1M /dev/urandom >"$name.raw"
        "$nbd" -U "$name.sock" file "$name.raw" --run '
          "$bin/nbd-info" --size "$uri"
          "$bin/nbd-copy" "$uri" "$name.copy"'
        cmp "$name.raw" "$name.copy" && echo same
        "$bin/nbd-copy" "$name.copy" - | cmp - "$name.raw" && echo same
        ls
        """;
    String bytes = name.equals(UTF8) ? "gr\u00c3\u00b6\u00c3\u009fe" : "gr\u00f6\u00dfe";
    assertThat(in(locale, name, script))
        .isEqualTo("1048576\nsame\nsame\n" + bytes + ".copy\n" + bytes + ".raw\n");
  }

  @Test
  void commandWithAnyBytesIsRunUnchanged() throws Exception {
    assertThat(in("export LANG=C", LATIN1, "\"$nbd\" null --run \"echo '$name'\""))
        .isEqualTo("gr\u00f6\u00dfe\n");
  }

  @Test
  void namesOfLogsAndScriptsMayHaveAnyBytes() throws Exception {
    String script =
        """
        printf '#!/bin/sh\\ncase $1 in get_size) echo 1M;; config) echo "$2=$3" >>conf;; *) exit 2;; esac\\n' >"$name"
        chmod +x "$name"
        "$nbd" --log="$PWD/$name.log" sh "./$name" "a=$name" --run true
        cat conf; ls
        """;
    assertThat(in("", LATIN1, script))
        .isEqualTo("a=gr\u00f6\u00dfe\nconf\ngr\u00f6\u00dfe\ngr\u00f6\u00dfe.log\n");
  }

  /** The variables that the scripts of the launcher assign to. */
  private static Set<String> assignedVariables() throws IOException {
    List<Path> scripts = new ArrayList<>();
    for (String commands : List.of("bin", "lib")) {
      try (Stream<Path> files = Files.list(Launched.HOME.resolve(commands))) {
        files
            .filter(f -> commands.equals("bin") || f.toString().endsWith(".sh"))
            .forEach(scripts::add);
      }
    }
    Set<String> names = new TreeSet<>();
    for (Path script : scripts) {
      for (String line : Files.readAllLines(script)) {
        String code = line.replaceFirst("(^|\\s)#.*", "");
        for (Pattern assignment : ASSIGNMENTS) {
          assignment
              .matcher(code)
              .results()
              .forEach(match -> names.addAll(List.of(match.group(1).strip().split(" +"))));
        }
      }
    }
    return names;
  }

  private static Map<String, String> variables(Path file) throws IOException {
    Map<String, String> variables = new TreeMap<>();
    for (String variable : Files.readString(file, StandardCharsets.ISO_8859_1).split("\0")) {
      int end = variable.indexOf('=');
      variables.put(variable.substring(0, end), variable.substring(end + 1));
    }
    return variables;
  }

  /** If a shell assigns to a variable of its environment, it exports the new value. */
  @Test
  void commandsAndScriptsSeeTheVariablesOfTheCaller() throws Exception {
    Map<String, String> callers = new TreeMap<>(Map.of("LC_ALL", "POSIX"));
    Set<String> assigned = assignedVariables();
    assertThat(assigned).contains("_nbd_home", "_nbd_options", "_nbd_key", "_nbd_cache");
    for (String name : assigned) {
      if (!Set.of("IFS", "LC_ALL", "NBD_CORE_CACHE", "CDPATH").contains(name)) {
        assertThat(name).startsWith("_nbd_");
        callers.put(name.substring(5), "the caller's");
      }
    }
    Path script =
        Files.writeString(
            folder.resolve("script"),
            """
            #!/bin/sh
            case $1 in load) cat /proc/self/environ >script.seen;; get_size) echo 1M;; *) exit 2;; esac
            """);
    assertThat(script.toFile().setExecutable(true)).isTrue();
    Launched launched =
        Launched.nbdCore(
            folder, callers, "sh", "./script", "--run", "cat /proc/self/environ >run.seen");
    assertThat(launched).isEqualTo(new Launched(0, "", ""));
    for (String seen : List.of("script.seen", "run.seen")) {
      assertThat(variables(folder.resolve(seen))).as(seen).containsAllEntriesOf(callers);
    }
  }

  /** {@code CDPATH} lists the folders in which {@code cd} of a shell searches. */
  @Test
  void cdpathDoesNotSelectAnotherDistribution() throws Exception {
    Files.createDirectories(folder.resolve("other/bin"));
    String script =
        "other=$PWD/other; cd \"${nbd%/bin/*}\" && CDPATH=$other bin/nbd-core --version";
    assertThat(shell(Map.of(), script)).startsWith("nbd-core ").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"<", "<>"})
  void commandsGetTheDescriptorsOfTheCaller(String mode) throws Exception {
    Files.writeString(folder.resolve("f"), "passed on\n");
    assertThat(shell(Map.of(), "\"$nbd\" null --run 'cat <&5' 5" + mode + "f"))
        .isEqualTo("passed on\n");
    assertThat(shell(Map.of(), "echo piped | { \"$nbd\" null --run 'cat <&7' 7<&0 <f; }"))
        .isEqualTo("piped\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 7, 8, 9})
  void aSecretIsReadFromAnyDescriptorAlsoInTheBackground(int descriptor) throws Exception {
    Files.writeString(folder.resolve("f"), "secret\n");
    String output =
        shell(
            Map.of(),
            "\"$nbd\" -U s -P pid curl http://127.0.0.1:1/ user=u password=-"
                + descriptor
                + " "
                + descriptor
                + "<f; kill $(cat pid)");
    assertThat(output).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void aDescriptorThatWasNotPassedOnIsRefused(int descriptor) throws Exception {
    List<String> words = new ArrayList<>(List.of("curl", "http://127.0.0.1:1/", "user=u"));
    words.add("password=-" + descriptor);
    words.add("--run");
    words.add("true");
    Launched launched = Launched.nbdCore(folder, Map.of(), words.toArray(String[]::new));
    assertThat(launched.status()).isEqualTo(1);
    assertThat(launched.err())
        .startsWith(
            "nbd-core: error: curl: password cannot be read from file descriptor "
                + descriptor
                + ",")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"<&-", ">&-", "2>&-", "<&- >&- 2>&-"})
  void closedStandardStreamsAreReplacedByDevNull(String closed) throws Exception {
    String streams = "for i in 0 1 2; do readlink /proc/$(cat pid)/fd/$i; done";
    assertThat(
            shell(
                Map.of(),
                "\"$nbd\" -U s -P pid memory 1M " + closed + "; " + streams + "; kill $(cat pid)"))
        .isEqualTo("/dev/null\n/dev/null\n/dev/null\n");
    assertThat(
            shell(
                Map.of(),
                "\"$nbd\" memory 1M --run 'echo run >&2; readlink /proc/self/fd/0' " + closed))
        .doesNotContain("error");
  }

  @Test
  void directMemoryIsLimitedToAShareOfTheAddressSpace() throws Exception {
    Map<String, String> shown = Map.of("NBD_CORE_JAVA_OPTS", "-XX:+PrintFlagsFinal");
    String limited =
        shell(shown, "ulimit -v 3000000; \"$nbd\" --version | grep ' MaxDirectMemorySize '");
    long bytes = Long.parseLong(limited.replaceAll("[^=]*= *(\\d+)[^\\d].*", "$1").strip());
    assertThat(bytes).isBetween(512L << 20, 2048L << 20);
  }
}
