package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.chain.Providers;
import org.nbdcore.chain.Trace;
import org.nbdcore.cli.config.Settings;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdClient;
import org.nbdcore.server.ExportStatus;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.ServerBuilder;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Log;
import org.nbdcore.testkit.CapturedLog;

/** A server whose configuration file changes. */
@Timeout(60)
final class ExportReloadTest {

  @TempDir Path folder;

  private final CapturedLog log = CapturedLog.start(Log.Level.INFO);
  private Path file;
  private NbdServer server;
  private Runnable reload;

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private void write(String... lines) throws IOException {
    file = Files.write(folder.resolve("c"), List.of(lines));
  }

  private void start(String... lines) throws Exception {
    write(lines);
    CommandLine line = CommandLine.parse(List.of("--config=" + file));
    Settings settings = Settings.load(line.last(CommandLineOption.CONFIG), Map.of());
    ConfiguredExports exports =
        new ConfiguredExports(
            line,
            new Providers(List.of(), warning -> {}),
            Map.of(),
            settings,
            new ServerSettings(line, settings, new ProgramVersion("nbd-core")));
    ServerBuilder builder =
        NbdServer.builder().listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    exports.addTo(builder, Trace.NONE);
    server = builder.start();
    exports.serverRuns(server);
    reload = exports.hangUp(server::stop);
  }

  private NbdClient open(String name) throws IOException {
    return NbdClient.connect(
        server.addresses().get(0), ConnectOptions.defaults().withExportName(name));
  }

  private long size(String name) throws IOException {
    try (NbdClient client = open(name)) {
      return client.size();
    }
  }

  private List<String> exports() {
    return server.exports().stream().map(ExportStatus::toString).toList();
  }

  private List<String> reloaded(String... lines) throws IOException {
    write(lines);
    log.clear();
    reload.run();
    return log.withLevels();
  }

  private static String[] ram(String name, String... more) {
    List<String> lines = new ArrayList<>(List.of("[export " + name + "]", "plugin = ram"));
    lines.addAll(List.of(more));
    return lines.toArray(String[]::new);
  }

  private static String[] all(String[]... parts) {
    List<String> lines = new ArrayList<>();
    for (String[] part : parts) {
      lines.addAll(List.of(part));
    }
    return lines.toArray(String[]::new);
  }

  @Test
  void newExportsAppearChangedOnesAreReplacedAndRemovedOnesFinish() throws Exception {
    start(all(ram("same", "size=1M"), ram("changed", "size=1M"), ram("removed", "size=1M")));
    try (NbdClient same = open("same");
        NbdClient changed = open("changed");
        NbdClient removed = open("removed")) {
      changed.write(ByteBuffer.wrap(new byte[] {7}), 0, Flags.NONE);
      assertThat(
              reloaded(
                  all(
                      ram("same", "# a comment", "size=1M"),
                      ram("changed", "size=2M"),
                      ram("new", "size=3M"))))
          .containsExactly("INFO Serving 3 exports; reloaded: 1 added, 1 replaced, 1 removed");
      assertThat(size("changed")).isEqualTo(2 << 20);
      assertThat(size("new")).isEqualTo(3 << 20);
      assertThat(exports())
          .containsExactly("'same' (running)", "'changed' (running)", "'new' (running)");
      ByteBuffer read = ByteBuffer.allocate(1);
      changed.read(read, 0);
      assertThat(read.get(0)).as("the first chain").isEqualTo((byte) 7);
      removed.write(ByteBuffer.wrap(new byte[] {7}), 0, Flags.NONE);
      same.write(ByteBuffer.wrap(new byte[] {7}), 0, Flags.NONE);
    }
    assertThat(reloaded(ram("new", "size=3M")))
        .containsExactly("INFO Serving 1 exports; reloaded: 0 added, 0 replaced, 2 removed");
  }

  @Test
  void aFileWithErrorsChangesNothingAndEachIsLogged() throws Exception {
    start(all(new String[] {"port=1"}, ram("a", "size=1M")));
    assertThat(reloaded(all(ram("a", "size=2M"), ram("b", "siez=1"), ram("c", "size=1Q"))))
        .containsExactly(
            "ERROR " + file + ":6: unknown key 'siez' for ram; did you mean size?",
            "ERROR "
                + file
                + ":9: ram: size must be a size (a number, optionally with a unit b k M G T P E"
                + " s), not '1Q'",
            "ERROR the configuration is not reloaded; the server continues with the previous one");
    assertThat(exports()).containsExactly("'a' (running)");
    assertThat(size("a")).isEqualTo(1 << 20);
    Files.delete(file);
    log.clear();
    reload.run();
    assertThat(log.withLevels().get(0)).contains("the configuration file cannot be read");
    assertThat(size("a")).isEqualTo(1 << 20);
  }

  @Test
  void aReplacementThatFailsKeepsThePreviousExportAndIsTriedAgain() throws Exception {
    start(all(ram("a", "size=1M"), ram("bad", "size=1M", "fail=start")));
    assertThat(exports().get(1)).contains("failed: ram: cannot start: no start, as asked for");
    String[] failing = all(ram("a", "size=2M", "fail=start"), ram("bad", "size=1M", "fail=start"));
    assertThat(reloaded(failing))
        .contains(
            "ERROR the export 'a' is not replaced: ram: cannot start: no start, as asked for",
            "INFO Serving 2 exports; reloaded: 0 added, 2 replaced, 0 removed, 2 failed");
    assertThat(size("a")).isEqualTo(1 << 20);
    assertThat(reloaded(failing)).as("the same file").hasSize(3);
    assertThat(reloaded(all(ram("a", "size=2M"), ram("bad", "size=3M"))))
        .containsExactly("INFO Serving 2 exports; reloaded: 0 added, 2 replaced, 0 removed");
    assertThat(size("a")).isEqualTo(2 << 20);
    assertThat(size("bad")).isEqualTo(3 << 20);
  }

  @Test
  void aChangedPasswordFileReplacesItsExport() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "one\n");
    String[] lines = ram("a", "size=1M", "password=+" + secret);
    start(lines);
    assertThat(reloaded(lines).get(0)).contains("0 replaced");
    Files.writeString(secret, "other\n");
    Files.setLastModifiedTime(secret, FileTime.fromMillis(1));
    assertThat(reloaded(lines).get(0)).contains("1 replaced");
  }

  @Test
  void aChangedServerSettingIsReportedToTakeEffectAtTheNextStart() throws Exception {
    start(all(new String[] {"port=1"}, ram("a", "size=1M")));
    assertThat(reloaded(all(new String[] {"port=2", "default-export=a"}, ram("a", "size=1M"))))
        .containsExactly(
            "WARN the setting port has changed, which takes effect when the server starts again",
            "WARN the setting default-export has changed, which takes effect when the server"
                + " starts again",
            "INFO Serving 1 exports; reloaded: 0 added, 0 replaced, 0 removed");
  }

  /**
   * Clients connect, write and read all the time, while every export is replaced again and again.
   */
  @Test
  void noRequestIsLostWhileTheFileIsReloaded() throws Exception {
    start(all(ram("a", "size=64k"), ram("b", "size=64k")));
    AtomicBoolean end = new AtomicBoolean();
    AtomicInteger opened = new AtomicInteger();
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    List<Thread> clients = new ArrayList<>();
    for (String name : List.of("a", "b", "a")) {
      Thread client =
          new Thread(
              () -> {
                ByteBuffer data = ByteBuffer.allocate(4096);
                while (!end.get()) {
                  try (NbdClient one = open(name)) {
                    opened.incrementAndGet();
                    for (int i = 0; i < 8; i++) {
                      one.write(data.clear(), 4096L * i, Flags.NONE);
                      one.read(data.clear(), 4096L * i);
                    }
                  } catch (IOException | RuntimeException e) {
                    failures.add(e);
                    return;
                  }
                }
              });
      clients.add(client);
      client.start();
    }
    for (int i = 1; i <= 20; i++) {
      int before = opened.get();
      assertThat(
              reloaded(all(ram("a", "size=" + (64 + i) + "k"), ram("b", "size=" + (99 + i) + "k"))))
          .containsExactly("INFO Serving 2 exports; reloaded: 0 added, 2 replaced, 0 removed");
      while (opened.get() == before && failures.isEmpty()) {
        Thread.onSpinWait();
      }
    }
    end.set(true);
    for (Thread client : clients) {
      client.join();
    }
    assertThat(failures).isEmpty();
    assertThat(opened.get()).isGreaterThan(20);
  }
}
