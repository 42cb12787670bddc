package org.nbdcore.plugin.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.protocol.TransmissionFlags;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.testkit.DumpedLines;
import org.nbdcore.testkit.server.PluginServer;

/** Scripts in files. */
final class ShServedTest {

  @TempDir Path folder;

  private Path log;

  @BeforeEach
  void emptyLog() throws IOException {
    log = Files.createFile(folder.resolve("log"));
  }

  private String script(String... cases) throws IOException {
    List<String> lines = new ArrayList<>(List.of("#!/bin/sh", "echo \"$@\" >>" + log));
    lines.add("case \"$1\" in");
    for (String each : cases) {
      lines.add(each + " ;;");
    }
    lines.addAll(List.of("*) exit 2 ;;", "esac"));
    Path file = folder.resolve("script.sh");
    Files.write(file, lines);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file.toString();
  }

  private static Plugin create(String... entries) throws ConfigException {
    ShProvider provider = new ShProvider();
    Config.Builder builder = Config.builder(provider.parameters());
    for (String entry : entries) {
      int equals = entry.indexOf('=');
      builder.put(entry.substring(0, equals), entry.substring(equals + 1));
    }
    return provider.create(builder.build());
  }

  @Test
  void withoutTheCanMethodsADiskIsReadOnly() throws Exception {
    String script = script("get_size) echo 1M", "pread) head -c $3 /dev/zero", "pwrite|flush)");
    try (PluginServer served = PluginServer.start(new ShProvider(), script)) {
      assertThat(served.client().size()).isEqualTo(1 << 20);
      assertThat(served.read(0, 100)).containsOnly(0);
      int flags = served.client().export().flags();
      assertThat(flags & TransmissionFlags.READ_ONLY).isNotZero();
      assertThat(flags & TransmissionFlags.SEND_FLUSH).isZero();
    }
    assertThat(Files.readAllLines(log)).startsWith("load").endsWith("unload");
  }

  @Test
  void bareWordsUseTheMagicKeyOfTheScript() throws Exception {
    String script = script("magic_config_key) echo file", "config)", "get_size) echo 0");
    PluginServer.start(new ShProvider(), script, "one", "k=v", "two words").close();
    assertThat(Files.readAllLines(log))
        .containsSubsequence(
            "load",
            "magic_config_key",
            "config file one",
            "config k v",
            "config file two words",
            "config_complete")
        .containsOnlyOnce("magic_config_key");
  }

  @Test
  void missingOrUnusableScriptIsRefused() throws Exception {
    Path text = Files.writeString(folder.resolve("text"), "#!/bin/sh");
    String plain = script("get_size) echo 0");
    assertThatThrownBy(() -> create()).hasMessageContaining("script=FILE is missing");
    assertThatThrownBy(() -> create("k=v")).hasMessageContaining("script=FILE is missing");
    assertThatThrownBy(() -> create("script=" + text)).hasMessageContaining("(chmod +x)");
    assertThatThrownBy(() -> create("script=" + folder)).hasMessageContaining("(chmod +x)");
    assertThatThrownBy(() -> create("script=" + folder + "/none"))
        .hasMessageContaining("no such file");
    assertThatThrownBy(() -> create("script=" + plain, "=bare"))
        .hasMessageContaining("script.sh takes no bare word, only key=value: 'bare' has no key");
    assertThatThrownBy(() -> create("script=" + script("load) echo EPERM no >&2; exit 1")))
        .hasMessageContaining("script.sh: load: no");
  }

  @Test
  void threadModelComesFromTheScript() throws Exception {
    String[][] rows = {
      {"echo parallel", "PARALLEL"},
      {"echo serialize_requests", "SERIALIZE_REQUESTS"},
      {"echo serialize_connections", "SERIALIZE_CONNECTIONS"},
      {"echo nonsense", "SERIALIZE_ALL_REQUESTS"},
      {"exit 2", "SERIALIZE_ALL_REQUESTS"},
    };
    for (String[] row : rows) {
      try (Plugin plugin = create("script=" + script("thread_model) " + row[0]))) {
        assertThat(plugin.threadModel()).as(row[0]).isEqualTo(ThreadModel.valueOf(row[1]));
      }
    }
  }

  @Test
  void exportsComeFromTheScript() throws Exception {
    OpenRequest request =
        OpenRequest.of("", OpenRequest.detached("", true).session())
            .withReadOnly(true)
            .withTls(true);
    String listed =
        script("list_exports) echo INTERLEAVED; echo a; echo first", "default_export) echo dd");
    try (Plugin plugin = create("script=" + listed)) {
      assertThat(plugin.listExports(request))
          .containsExactly(Export.of("a").withDescription("first"));
      assertThat(plugin.defaultExport(request)).isEqualTo("dd");
    }
    assertThat(Files.readAllLines(log))
        .contains("list_exports true true", "default_export true true");
    try (Plugin plugin = create("script=" + script("default_export) echo NAMES; echo only"))) {
      assertThat(plugin.listExports(request)).containsExactly(Export.of("only"));
    }
    try (Plugin plugin = create("script=" + script("default_export) exit 1"))) {
      assertThat(plugin.listExports(request)).isEmpty();
      assertThatThrownBy(() -> plugin.defaultExport(request)).isInstanceOf(NbdException.class);
    }
    try (Plugin plugin = create("script=" + script("unload)"))) {
      assertThat(plugin.listExports(request)).containsExactly(Export.of(""));
      assertThat(plugin.defaultExport(request)).isEmpty();
    }
  }

  @Test
  void dumpPluginShowsTheScriptsLinesWithoutConfigComplete() throws Exception {
    DumpedLines dumped = new DumpedLines();
    ShProvider provider = new ShProvider();
    String script = script("config)", "dump_plugin) echo my_key=my=value; echo words");
    Config config =
        Config.builder(provider.parameters()).put("script", script).put("k", "v").buildPartial();
    provider.dump(config, dumped);
    assertThat(provider.threadModel()).isEqualTo(ThreadModel.PARALLEL);
    assertThat(new EvalProvider().threadModel()).isEqualTo(ThreadModel.PARALLEL);
    List<String> lines = new ArrayList<>(dumped.lines());
    List<String> methods = lines.stream().filter(line -> line.startsWith("has_")).toList();
    assertThat(methods)
        .hasSize(28)
        .doesNotHaveDuplicates()
        .contains("has_load=1", "has_pwrite=1", "has_can_multi_conn=1", "has_cache=1");
    lines.removeAll(methods);
    assertThat(lines)
        .containsExactly(
            "magic_config_key=script",
            "max_known_status=8",
            "my_key=my=value",
            "ERROR dump_plugin must print key=value, not 'words'");
    assertThat(Files.readAllLines(log))
        .containsExactly("load", "config k v", "dump_plugin", "unload");
  }
}
