package org.nbdcore.plugin.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.server.tls.Tls;
import org.nbdcore.server.tls.TlsPriority;
import org.nbdcore.server.tls.psk.PreSharedKeys;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;

/** A remote server with pre-shared keys. */
@Timeout(60)
@Tag("newest")
final class PskTest {

  private static final int SIZE = 4 << 20;
  private static final long SEED = 45;
  private static final String ALICE = "0123456789abcdef0123456789abcdef";

  @TempDir private Path folder;
  private Path keys;

  @BeforeEach
  void writeKeys() throws Exception {
    keys = Files.writeString(folder.resolve("keys"), "# test\nalice:" + ALICE + "\nbob:4242\n");
    Files.writeString(folder.resolve("alices"), "alice:" + ALICE + "\n");
    Files.writeString(folder.resolve("wrong"), "alice:" + "00".repeat(16) + "\n");
    Files.writeString(folder.resolve("odd"), "alice:" + ALICE + "\nbob=4242\n");
  }

  private RemoteServer remote(String priority) throws Exception {
    Tls tls = Tls.of(PreSharedKeys.load(keys, TlsPriority.parse(priority)));
    return RemoteServer.start(
        new KeptDisks().with("", SIZE), folder.resolve("remote"), Optional.of(tls));
  }

  private String[] arguments(String words, RemoteServer remote) {
    return words
        .replace("PORT", Integer.toString(remote.port()))
        .replace("DIR", folder.toString())
        .split(" ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "socket=DIR/remote tls=require tls-psk=DIR/keys tls-username=alice",
        "socket=DIR/remote tls-psk=DIR/keys tls-username=bob",
        "socket=DIR/remote tls-psk=DIR/alices",
        "hostname=localhost port=PORT tls=require tls-psk=DIR/keys tls-username=alice",
        "uri=nbds://alice@localhost:PORT/ tls-psk=DIR/keys tls-certificates=DIR/missing",
        "uri=nbds://alice@localhost:PORT/?tls-psk-file=DIR/keys",
        "uri=nbds+unix://bob@/?socket=DIR/remote&tls-psk-file=DIR/keys&tls-type=psk shared=true",
      })
  void serverThatRequiresPskIsReached(String words) throws Exception {
    try (RemoteServer remote = remote("NORMAL");
        StartedPlugin nbd = new StartedPlugin(arguments(words, remote));
        BlockDevice device = nbd.device()) {
      StartedPlugin.write(device, 3, 3);
      assertThat(StartedPlugin.read(device, 3)).isEqualTo((byte) 3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tls=require tls-psk=DIR/keys tls-username=bob", "tls-psk=DIR/alices"})
  @EnabledOnOs(OS.LINUX)
  void anInheritedSocketIsEncrypted(String words) throws Exception {
    try (RemoteServer remote = remote("NORMAL")) {
      int descriptor = InheritedSocketTest.Connecting.to(folder.resolve("remote"));
      try (StartedPlugin nbd =
              new StartedPlugin(arguments("socket-fd=" + descriptor + " " + words, remote));
          BlockDevice device = nbd.device()) {
        StartedPlugin.write(device, 3, 3);
        assertThat(StartedPlugin.read(device, 3)).isEqualTo((byte) 3);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "tls-psk=DIR/keys tls-username=carol, there is no key of 'carol' in",
    "tls-psk=DIR/wrong tls-username=alice, TLS failed: with the key of 'alice': ",
    "tls-psk=DIR/odd tls-username=alice, line 2 of tls-psk-file DIR/odd is not NAME:HEXADECIMAL",
    "tls-psk=DIR/missing tls-username=alice, tls-psk-file DIR/missing cannot be read",
    "tls=require, Received fatal alert: handshake_failure",
  })
  void connectionFailsWithoutTheRightKey(String words, String reason) throws Exception {
    try (RemoteServer remote = remote("NORMAL");
        StartedPlugin nbd = new StartedPlugin(arguments("socket=DIR/remote " + words, remote))) {
      assertThatThrownBy(nbd::device)
          .hasMessageContaining(reason.replace("DIR", folder.toString()))
          .hasMessageNotContaining(ALICE)
          .hasMessageNotContaining("4242");
    }
  }

  /** Several threads share one encrypted connection, and their requests overlap. */
  @ParameterizedTest
  @ValueSource(strings = {"NORMAL:-VERS-TLS1.2", "NORMAL:-VERS-TLS1.3"})
  void parallelLongRequestsWorkWithEachTlsVersion(String priority) throws Exception {
    int part = SIZE / 4;
    ExecutorService threads = Executors.newFixedThreadPool(4);
    String words = "socket=DIR/remote tls-psk=DIR/keys tls-username=alice shared=true";
    try (RemoteServer remote = remote(priority);
        StartedPlugin nbd = new StartedPlugin(arguments(words, remote));
        BlockDevice device = nbd.device()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int offset = i * part;
        byte[] bytes = new byte[part - 7 * i];
        new Random(SEED + i).nextBytes(bytes);
        all.add(
            threads.submit(
                () -> {
                  for (int round = 0; round < 3; round++) {
                    ByteBuffer written = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
                    device.write(written, offset, Flags.NONE);
                    ByteBuffer back = ByteBuffer.allocateDirect(bytes.length);
                    device.read(back, offset);
                    assertThat(back.flip()).as("seed %d", SEED).isEqualTo(written.rewind());
                  }
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
