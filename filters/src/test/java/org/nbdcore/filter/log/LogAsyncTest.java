package org.nbdcore.filter.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.testkit.CompletionProbe;
import org.nbdcore.testkit.SimulatedAsyncDevice;

/** The log lines of asynchronous reads and writes. */
@Timeout(60)
final class LogAsyncTest {

  private static final String READ = "connection=7 Read id=1 offset=0x200 count=0x10 ...";

  @TempDir private Path folder;
  private final ModelDisk disk = new ModelDisk(65536).fill(1);
  private LogOutput output;
  private SimulatedAsyncDevice below;

  @BeforeEach
  void open() throws IOException {
    output = new LogOutput(Optional.of(folder.resolve("log")), Optional.empty(), false);
    output.open();
    below = new SimulatedAsyncDevice(disk.open(OpenRequest.detached("", false)), 1);
    below.hold();
  }

  @AfterEach
  void close() throws IOException {
    below.close();
    output.close();
  }

  /** The lines without their times. */
  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("log"))) {
      lines.add(line.substring(27));
    }
    return lines;
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocateDirect(16);
  }

  @Test
  void requestIsLoggedWhenItStartsAndWhenItCompletes() throws Exception {
    LogDevice device = new LogDevice(below, 7, output);
    CompletionProbe read = new CompletionProbe();
    assertThat(BlockDevices.readAsync(device, buffer(), 512, read)).isTrue();
    assertThat(lines()).containsExactly(READ);
    CompletionProbe write = new CompletionProbe();
    assertThat(BlockDevices.writeAsync(device, buffer(), 16, Flags.FUA, write)).isTrue();
    below.release();
    write.join();
    read.join();
    assertThat(lines())
        .containsExactly(
            READ,
            "connection=7 Write id=2 offset=0x10 count=0x10 fua=1 ...",
            "connection=7 ...Write id=2 return=0",
            "connection=7 ...Read id=1 return=0");
  }

  @Test
  void failuresAreLoggedWithTheirErrorWhenTheyAreJoined() throws Exception {
    LogDevice device = new LogDevice(below, 7, output);
    disk.hook =
        (operation, offset, length, flags) -> {
          throw new NbdException(NbdError.ENOSPC, "planted");
        };
    CompletionProbe read = new CompletionProbe();
    assertThat(BlockDevices.readAsync(device, buffer(), 512, read)).isTrue();
    below.release();
    below.awaitCompletions();
    assertThat(lines()).containsExactly(READ);
    assertThat(catchThrowable(read::join)).hasMessage("planted");
    assertThat(lines()).containsExactly(READ, "connection=7 ...Read id=1 return=-1 error=ENOSPC");
  }

  @Test
  void requestThatFailsAtOnceHasBothLines() throws Exception {
    LogDevice device = new LogDevice(completingAtOnce(false), 7, output);
    CompletionProbe read = new CompletionProbe();
    assertThat(BlockDevices.readAsync(device, buffer(), 512, read)).isTrue();
    assertThat(catchThrowable(read::join)).hasMessage("planted");
    assertThat(lines()).containsExactly(READ, "connection=7 ...Read id=1 return=-1 error=EIO");
  }

  @Test
  void resultJoinedBeforeTheCallReturnsHasItsLinesInOrder() throws Exception {
    List<Throwable> results = new ArrayList<>();
    new LogDevice(completingAtOnce(true), 7, output)
        .readAsync(buffer(), 512, result -> results.add(catchThrowable(result::join)));
    assertThat(results).hasSize(1).containsOnlyNulls();
    assertThat(lines()).containsExactly(READ, "connection=7 ...Read id=1 return=0");
  }

  /** A disk whose asynchronous reads complete or fail before the call returns. */
  private BlockDevice completingAtOnce(boolean succeeds) {
    return new PassThroughDevice(below) {
      @Override
      public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
          throws IOException {
        if (!succeeds) {
          throw new IOException("planted");
        }
        completion.completed(() -> {});
        return true;
      }
    };
  }

  @Test
  void declinedAsyncRequestIsLoggedOnlyAsABlockingOne() throws Exception {
    LogDevice device = new LogDevice(disk.open(OpenRequest.detached("", false)), 7, output);
    assertThat(BlockDevices.readAsync(device, buffer(), 512, result -> {})).isFalse();
    assertThat(BlockDevices.writeAsync(device, buffer(), 512, Flags.NONE, result -> {})).isFalse();
    assertThat(lines()).isEmpty();
    device.read(buffer(), 512);
    assertThat(lines()).containsExactly(READ, "connection=7 ...Read id=1 return=0");
  }
}
