package org.nbdcore.client.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.client.fake.MemoryExport;
import org.nbdcore.client.fake.Peer;
import org.nbdcore.client.fake.ScriptedServer;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.protocol.TransmissionFlags;
import org.nbdcore.spi.Zeroes;

@Timeout(60)
@Tag("newest")
final class CopyTest {

  private static final CopyProgress SILENCE = (done, total) -> {};

  @TempDir private Path folder;

  /** Random data with runs of zeroes of all lengths. */
  private static void fill(byte[] disk, long seed) {
    Random random = new Random(seed);
    random.nextBytes(disk);
    for (int i = 0; i < 40; i++) {
      int from = random.nextInt(disk.length);
      int to = Math.min(disk.length, from + random.nextInt(1 << random.nextInt(18)));
      Arrays.fill(disk, from, to, (byte) 0);
    }
  }

  private static CopyOptions options() {
    return new CopyOptions().requestSize(32768);
  }

  @ParameterizedTest
  @CsvSource({
    "1000003, 1, 1, false",
    "1000448, 512, 4096, false",
    "1000003, 1, 4096, false",
    "1000003, 1, 65536, false",
    "1000003, 1, 1, true",
    "0, 1, 1, false",
    "7, 1, 512, false",
  })
  void theCopyEqualsTheSource(int size, int sourceBlock, int targetBlock, boolean noExtents)
      throws Exception {
    MemoryExport from = new MemoryExport(size);
    fill(from.disk.length == 0 ? new byte[1] : from.disk, 1);
    from.blockSizes = new int[] {sourceBlock, 4096, 1 << 20};
    int targetSize = (size + targetBlock - 1) / targetBlock * targetBlock + targetBlock;
    MemoryExport to = new MemoryExport(targetSize);
    Arrays.fill(to.disk, (byte) 0x55);
    to.blockSizes = new int[] {targetBlock, Math.max(4096, targetBlock), 1 << 20};
    try (ScriptedServer source = new ScriptedServer(from);
        ScriptedServer target = new ScriptedServer(to)) {
      CopyOptions options = options().extents(!noExtents);
      CopyResult result =
          Copy.run(source.uri().toString(), target.uri().toString(), options, SILENCE);
      assertThat(result.bytes()).isEqualTo(size);
    }
    byte[] expected = new byte[targetSize];
    Arrays.fill(expected, (byte) 0x55);
    System.arraycopy(from.disk, 0, expected, 0, size);
    assertThat(to.disk).isEqualTo(expected);
    for (Peer.Request request : to.requests) {
      assertThat(request.offset() % targetBlock).isZero();
      assertThat(request.length() % targetBlock).isZero();
    }
  }

  @Test
  void holesAreZeroedWithoutReadingThem() throws Exception {
    MemoryExport from = new MemoryExport(4 << 20);
    Arrays.fill(from.disk, 1 << 20, (1 << 20) + 8192, (byte) 1);
    MemoryExport to = new MemoryExport(4 << 20);
    try (ScriptedServer source = new ScriptedServer(from);
        ScriptedServer target = new ScriptedServer(to)) {
      Copy.run(source.uri().toString(), target.uri().toString(), options(), SILENCE);
    }
    assertThat(to.disk).isEqualTo(from.disk);
    assertThat(bytes(from, Command.READ)).isEqualTo(8192);
    assertThat(bytes(to, Command.WRITE)).isEqualTo(8192);
    assertThat(bytes(to, Command.WRITE_ZEROES)).isEqualTo((4 << 20) - 8192);
  }

  @Test
  void zeroesOfAtLeastTheSparseSizeBecomeHoles() throws Exception {
    byte[] disk = new byte[65536];
    Arrays.fill(disk, 0, 8192, (byte) 1);
    Arrays.fill(disk, 20_000, 20_001, (byte) 1);
    Path file = folder.resolve("source");
    Files.write(file, disk);
    MemoryExport to = new MemoryExport(65536);
    Arrays.fill(to.disk, (byte) 0x55);
    try (ScriptedServer target = new ScriptedServer(to)) {
      String uri = target.uri().toString();
      Copy.run(file.toString(), uri, options(), SILENCE);
      assertThat(to.disk).isEqualTo(disk);
      assertThat(bytes(to, Command.WRITE)).isEqualTo(8192 + 4096);
      to.requests.clear();
      Copy.run(file.toString(), uri, options().sparse(0), SILENCE);
      assertThat(bytes(to, Command.WRITE)).isEqualTo(65536);
      to.requests.clear();
      Copy.run(file.toString(), uri, options().destinationIsZero(true), SILENCE);
      assertThat(bytes(to, Command.WRITE)).isEqualTo(8192 + 4096);
      assertThat(bytes(to, Command.WRITE_ZEROES)).isZero();
      to.requests.clear();
      Copy.run(file.toString(), uri, options().allocated(true), SILENCE);
      assertThat(bytes(to, Command.WRITE)).isEqualTo(65536);
    }
  }

  @Test
  void allocatedWritesZeroesWithTheFlagNoHole() throws Exception {
    MemoryExport from = new MemoryExport(1 << 20);
    MemoryExport to = new MemoryExport(1 << 20);
    try (ScriptedServer source = new ScriptedServer(from);
        ScriptedServer target = new ScriptedServer(to)) {
      CopyOptions options = options().allocated(true);
      Copy.run(source.uri().toString(), target.uri().toString(), options, SILENCE);
    }
    for (Peer.Request request : to.requests) {
      if (request.command() == Command.WRITE_ZEROES) {
        assertThat(request.flags()).isEqualTo(CommandFlags.NO_HOLE);
      }
    }
    assertThat(bytes(to, Command.WRITE_ZEROES)).isEqualTo(1 << 20);
  }

  @Test
  void zeroesAreWrittenAsDataToServersWithoutWriteZeroes() throws Exception {
    MemoryExport from = new MemoryExport(1 << 20);
    MemoryExport to = new MemoryExport(1 << 20);
    Arrays.fill(to.disk, (byte) 1);
    to.flags &= ~(TransmissionFlags.SEND_WRITE_ZEROES | TransmissionFlags.SEND_FAST_ZERO);
    try (ScriptedServer source = new ScriptedServer(from);
        ScriptedServer target = new ScriptedServer(to)) {
      Copy.run(source.uri().toString(), target.uri().toString(), options(), SILENCE);
    }
    assertThat(to.disk).isEqualTo(from.disk);
    assertThat(bytes(to, Command.WRITE)).isEqualTo(1 << 20);
  }

  @Test
  void holesOfAnExportAreNotReadForANewFile() throws Exception {
    MemoryExport from = new MemoryExport(64 << 20);
    from.disk[40 << 20] = 1;
    Path file = folder.resolve("copy");
    try (ScriptedServer source = new ScriptedServer(from)) {
      Copy.run(source.uri().toString(), file.toString(), options().flush(true), SILENCE);
      assertThat(Files.mismatch(file, write("expected", from.disk))).isEqualTo(-1);
      // The JDK cannot tell how many blocks a file has, so check how much was read.
      assertThat(bytes(from, Command.READ)).isLessThanOrEqualTo(4096);
    }
  }

  private Path write(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  @Test
  void destinationsThatAreTooSmallAreRefusedBeforeAnythingIsWritten() throws Exception {
    Path file = write("source", new byte[2000]);
    MemoryExport to = new MemoryExport(1999);
    try (ScriptedServer target = new ScriptedServer(to)) {
      String uri = target.uri().toString();
      assertThatThrownBy(() -> Copy.run(file.toString(), uri, options(), SILENCE))
          .hasMessage(
              "destination " + uri + " has 1999 bytes, too few for source " + file + " with 2000");
      assertThat(bytes(to, Command.WRITE)).isZero();
    }
  }

  @Test
  void readOnlyDestinationsAndMissingSourcesAreRefused() throws Exception {
    MemoryExport to = new MemoryExport(10);
    to.flags |= TransmissionFlags.READ_ONLY;
    Path file = write("source", new byte[10]);
    try (ScriptedServer target = new ScriptedServer(to)) {
      assertThatThrownBy(
              () -> Copy.run(file.toString(), target.uri().toString(), options(), SILENCE))
          .hasMessageContaining("the export is read-only");
    }
    Path untouched = folder.resolve("untouched");
    assertThatThrownBy(() -> Copy.run(folder + "/none", untouched.toString(), options(), SILENCE))
        .hasMessageContaining("none: no such file or directory");
    assertThat(untouched).doesNotExist();
  }

  @Test
  void anUnalignedTailThatTheServerCannotReadIsReported() throws Exception {
    MemoryExport from = new MemoryExport(1000);
    from.blockSizes = new int[] {512, 4096, 65536};
    try (ScriptedServer source = new ScriptedServer(from)) {
      assertThatThrownBy(() -> Copy.run(source.uri().toString(), "null:", options(), SILENCE))
          .hasMessageContaining("the last 488 of 1000 bytes cannot be read");
    }
  }

  @Test
  void failuresNameTheSideTheOffsetAndTheReason() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          while (true) {
            Peer.Request request = peer.readRequest();
            if (request.command() == Command.DISC) {
              return;
            }
            boolean fails = request.command() == Command.WRITE && request.offset() == 98304;
            if (fails) {
              peer.error(request.cookie(), 28, "the pool is full");
            } else {
              peer.simple(request.cookie(), 0, new byte[0]);
            }
          }
        };
    byte[] disk = new byte[1 << 20];
    Arrays.fill(disk, (byte) 1);
    Path file = write("source", disk);
    try (ScriptedServer target = new ScriptedServer(script)) {
      String uri = target.uri().toString();
      assertThatThrownBy(() -> Copy.run(file.toString(), uri, options(), SILENCE))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "destination "
                  + uri
                  + ": write of 32768 bytes at offset 98304: no space left on device (ENOSPC): the"
                  + " pool is full");
    }
  }

  @Test
  void pipesAreReadAndWrittenInOrder() throws Exception {
    byte[] disk = new byte[1_234_567];
    fill(disk, 9);
    Path in = write("in", disk);
    MemoryExport export = new MemoryExport(2 << 20);
    AtomicLong reported = new AtomicLong();
    try (ScriptedServer server = new ScriptedServer(export)) {
      String uri = server.uri().toString();
      try (CopySource source = new PipeStream("standard input", FileChannel.open(in));
          CopyTarget target =
              new NbdTarget(
                  NbdConnections.connect(
                      "destination", server.uri(), options(), java.util.List.of()),
                  false)) {
        CopyProgress progress =
            (done, total) -> {
              assertThat(total).isEqualTo(-1);
              reported.set(done);
            };
        CopyResult result = Copy.run(source, target, options(), progress);
        assertThat(result.bytes()).isEqualTo(disk.length);
        assertThat(reported).hasValue(disk.length);
      }
      assertThat(Arrays.copyOf(export.disk, disk.length)).isEqualTo(disk);
      Path out = folder.resolve("out");
      try (CopySource source =
              new NbdSource(
                  NbdConnections.connect(
                      "source", server.uri(), options(), java.util.List.of("base:allocation")));
          CopyTarget target =
              new PipeStream(
                  "standard output",
                  FileChannel.open(out, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
        Copy.run(source, target, options(), SILENCE);
      }
      assertThat(Files.readAllBytes(out)).isEqualTo(export.disk);
      assertThat(uri).startsWith("nbd://");
    }
  }

  @Test
  void pipesWithMoreBytesThanTheDestinationAreRefused() throws Exception {
    Path in = write("in", new byte[100_000]);
    MemoryExport export = new MemoryExport(99_999);
    try (ScriptedServer server = new ScriptedServer(export);
        CopySource source = new PipeStream("standard input", FileChannel.open(in));
        CopyTarget target =
            new NbdTarget(
                NbdConnections.connect("destination", server.uri(), options(), java.util.List.of()),
                false)) {
      assertThatThrownBy(() -> Copy.run(source, target, options(), SILENCE))
          .hasMessage("standard input has more bytes than the destination, which has 99999");
    }
  }

  @Test
  void zeroesAreDetectedAtAnyOffset() {
    ByteBuffer data = ByteBuffer.allocate(200);
    for (int at = 0; at < 200; at++) {
      data.put(at, (byte) 1);
      for (int start = 0; start < 200; start += 7) {
        assertThat(Zeroes.isZero(data, start, 200 - start))
            .as("byte %d, from %d", at, start)
            .isEqualTo(at < start);
        assertThat(Zeroes.isZero(data, 0, start)).isEqualTo(at >= start);
      }
      data.put(at, (byte) 0);
    }
  }

  private static long bytes(MemoryExport export, int command) {
    long sum = 0;
    for (Peer.Request request : export.requests) {
      sum += request.command() == command ? request.length() : 0;
    }
    return sum;
  }
}
