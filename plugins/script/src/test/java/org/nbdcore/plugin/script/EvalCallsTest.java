package org.nbdcore.plugin.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.nbdcore.plugin.script.EvalDisk.result;
import static org.nbdcore.plugin.script.EvalDisk.serve;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdClient;
import org.nbdcore.client.NbdHandshake;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Flags;
import org.nbdcore.testkit.server.PluginServer;

/** The arguments of each method. The scripts write them to a file. */
final class EvalCallsTest {

  @TempDir Path folder;

  /** Adds a script for each method. It logs its arguments to the returned file. */
  private Path logCalls(List<String> words, String... methods) {
    Path log = folder.resolve("log");
    for (String method : methods) {
      int equals = method.indexOf('=');
      String name = equals < 0 ? method : method.substring(0, equals);
      String script = equals < 0 ? "" : "; " + method.substring(equals + 1);
      words.add(name + "=echo \"$*\" >>" + log + script);
    }
    return log;
  }

  @Test
  void methodsGetTheArgumentsOfEachRequest() throws Exception {
    List<String> words = new ArrayList<>();
    Path log =
        logCalls(
            words,
            "config",
            "config_complete",
            "thread_model=echo parallel",
            "get_ready",
            "after_fork",
            "preconnect",
            "open=echo \"a handle\"",
            "close",
            "unload",
            "get_size=echo 1M",
            "can_fua=echo native",
            "pread=head -c $3 /dev/zero",
            "pwrite=cat >/dev/null",
            "flush",
            "trim",
            "zero",
            "can_fast_zero",
            "extents=echo 0 1M",
            "cache",
            "block_size=echo 1 4k 1M",
            "export_description=echo A disk");
    words.add("file=disk.img");
    Files.createFile(log);
    try (PluginServer served =
        PluginServer.start(new EvalProvider(), words.toArray(String[]::new))) {
      NbdClient client = served.client();
      assertThat(client.export().description()).isEqualTo("A disk");
      assertThat(client.export().blockSizes().preferred()).isEqualTo(4096);
      assertThat(client.export().blockSizes().maximum()).isEqualTo(1 << 20);
      client.read(ByteBuffer.allocate(10), 20);
      client.write(ByteBuffer.allocate(30), 40, Flags.FUA);
      client.write(ByteBuffer.allocate(30), 40);
      client.flush();
      client.trim(50, 60, Flags.FUA);
      client.zero(70, 80, Flags.MAY_TRIM.with(Flags.FUA).with(Flags.FAST_ZERO));
      client.zero(70, 80, Flags.NONE);
      client.blockStatus(90, 100, Flags.REQ_ONE, (context, at, length, flags) -> {});
      client.cache(110, 120);
    }
    List<String> calls = Files.readAllLines(log);
    assertThat(calls)
        .startsWith("config file disk.img", "config_complete", "thread_model")
        .containsSubsequence(
            "get_ready",
            "after_fork",
            "preconnect false",
            "open false  false",
            "get_size a handle",
            "pread a handle 10 20",
            "pwrite a handle 30 40 fua",
            "pwrite a handle 30 40 ",
            "flush a handle",
            "trim a handle 60 50 fua",
            "zero a handle 80 70 fua,may_trim,fast",
            "zero a handle 80 70 ",
            "extents a handle 100 90 req_one",
            "cache a handle 120 110",
            "close a handle",
            "unload");
  }

  @Test
  void unsupportedFuaAndZeroAreEmulatedByFlushAndWrites() throws Exception {
    List<String> words = new ArrayList<>(List.of("get_size=echo 130M", "can_write=exit 0"));
    Path log =
        logCalls(
            words,
            "pwrite=wc -c >>" + folder.resolve("log"),
            "zero=echo ENOTSUP >&2; exit 1",
            "flush");
    try (PluginServer served =
        PluginServer.start(new EvalProvider(), words.toArray(String[]::new))) {
      served.client().zero(512, 100L << 20, Flags.MAY_TRIM.with(Flags.FUA));
      // The server flushes once more when it stops if the client is still connected, so check the
      // log before.
      assertThat(Files.readAllLines(log))
          .containsExactly(
              "zero  104857600 512 may_trim",
              "pwrite  67108864 512 ",
              "67108864",
              "pwrite  37748736 67109376 ",
              "37748736",
              "flush ");
    }
  }

  @Test
  void missingIsCalledForEveryAbsentMethod() throws Exception {
    Path log = folder.resolve("log");
    try (PluginServer served =
        PluginServer.start(
            new EvalProvider(),
            "get_size=echo 1M",
            "pread=head -c $3 /dev/zero",
            "missing=echo $1 >>" + log + "; exit 2")) {
      result(served.client(), "read");
    }
    assertThat(Files.readAllLines(log))
        .contains("config_complete", "open", "can_write", "close", "unload")
        .doesNotContain("get_size", "pread");
  }

  @Test
  void defaultExportIsCalledOncePerConnection() throws Exception {
    List<String> words = new ArrayList<>(List.of("get_size=echo 1M"));
    Path opened = folder.resolve("opened");
    words.add("open=echo \"$3\" >>" + opened);
    Path log = logCalls(words, "default_export=echo found", "list_exports=exit 2");
    try (PluginServer served =
        PluginServer.start(new EvalProvider(), words.toArray(String[]::new))) {
      Files.delete(log);
      for (int connection = 1; connection <= 2; connection++) {
        try (NbdHandshake handshake =
            NbdHandshake.open(served.server().addresses().get(0), ConnectOptions.defaults())) {
          assertThat(handshake.list()).extracting(Export::name).containsExactly("found");
          handshake.info("");
          assertThat(handshake.list()).hasSize(1);
        }
        assertThat(Files.readAllLines(log).stream().filter(call -> call.startsWith("default")))
            .as("calls of default_export")
            .hasSize(connection);
      }
      assertThat(Files.readAllLines(opened)).containsOnly("found");
    }
  }

  @Test
  void temporaryFolderIsEmptyAndRemovedWithTheServer() throws Exception {
    Path output = folder.resolve("output");
    PluginServer served =
        serve(
            "get_ready=ls -A $tmpdir >"
                + output
                + "; echo $tmpdir >>"
                + output
                + "; mkdir $tmpdir/a",
            "open=mktemp -d $tmpdir/handle-XXXXXX",
            "close=ls -d \"$2\" >>" + output);
    served.close();
    List<String> lines = Files.readAllLines(output);
    assertThat(lines).hasSize(2); // the folder was empty
    assertThat(lines.get(1)).startsWith(lines.get(0) + "/handle-");
    await().until(() -> !Files.exists(Path.of(lines.get(0)).getParent()));
  }
}
