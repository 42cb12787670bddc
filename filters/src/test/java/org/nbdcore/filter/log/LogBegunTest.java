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
import org.nbdcore.spi.ClearDevice;
import org.nbdcore.spi.Completion;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.testkit.AsynchronousDevice;
import org.nbdcore.testkit.Ending;

/** The lines of reads and writes that go on by themselves below. */
@Timeout(60)
final class LogBegunTest {

  private static final String READ = "connection=7 Read id=1 offset=0x200 count=0x10 ...";

  @TempDir private Path folder;
  private final ModelDisk disk = new ModelDisk(65536).fill(1);
  private LogOutput output;
  private AsynchronousDevice below;

  @BeforeEach
  void open() throws IOException {
    output = new LogOutput(Optional.of(folder.resolve("log")), Optional.empty(), false);
    output.open();
    below = new AsynchronousDevice(disk.open(OpenRequest.detached("", false)), 1);
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
  void theFirstLineComesWhenItIsBegunAndTheSecondWhenItIsOver() throws Exception {
    LogDevice device = new LogDevice(below, 7, output);
    Ending read = new Ending();
    assertThat(device.beginRead(buffer(), 512, read)).isTrue();
    assertThat(lines()).containsExactly(READ);
    Ending write = new Ending();
    assertThat(device.beginWrite(buffer(), 16, Flags.FUA, write)).isTrue();
    below.letGo();
    write.check();
    read.check();
    assertThat(lines())
        .containsExactly(
            READ,
            "connection=7 Write id=2 offset=0x10 count=0x10 fua=1 ...",
            "connection=7 ...Write id=2 return=0",
            "connection=7 ...Read id=1 return=0");
  }

  @Test
  void failuresAreLoggedWithTheirErrorWhenTheyAreAskedFor() throws Exception {
    LogDevice device = new LogDevice(below, 7, output);
    disk.hook =
        (operation, offset, length, flags) -> {
          throw new NbdException(NbdError.ENOSPC, "planted");
        };
    Ending read = new Ending();
    assertThat(device.beginRead(buffer(), 512, read)).isTrue();
    below.letGo();
    below.awaitTold();
    assertThat(lines()).containsExactly(READ);
    assertThat(catchThrowable(read::check)).hasMessage("planted");
    assertThat(lines()).containsExactly(READ, "connection=7 ...Read id=1 return=-1 error=ENOSPC");
  }

  @Test
  void whatFailsAtOnceHasBothLines() throws Exception {
    LogDevice device = new LogDevice(beginning(false), 7, output);
    Ending read = new Ending();
    assertThat(device.beginRead(buffer(), 512, read)).isTrue();
    assertThat(catchThrowable(read::check)).hasMessage("planted");
    assertThat(lines()).containsExactly(READ, "connection=7 ...Read id=1 return=-1 error=EIO");
  }

  @Test
  void whatIsAskedForBeforeItIsKnownToBeBegunHasItsLinesInOrder() throws Exception {
    List<Throwable> outcomes = new ArrayList<>();
    new LogDevice(beginning(true), 7, output)
        .beginRead(buffer(), 512, how -> outcomes.add(catchThrowable(how::check)));
    assertThat(outcomes).hasSize(1).containsOnlyNulls();
    assertThat(lines()).containsExactly(READ, "connection=7 ...Read id=1 return=0");
  }

  /** A disk where reads end, or fail, before they are known to be begun. */
  private BlockDevice beginning(boolean ends) {
    return new ClearDevice(below) {
      @Override
      public boolean beginRead(ByteBuffer dst, long offset, Completion completion)
          throws IOException {
        if (!ends) {
          throw new IOException("planted");
        }
        completion.ended(() -> {});
        return true;
      }
    };
  }

  @Test
  void whatTheDiskDoesNotBeginIsLoggedWhenItIsRead() throws Exception {
    LogDevice device = new LogDevice(disk.open(OpenRequest.detached("", false)), 7, output);
    assertThat(device.beginRead(buffer(), 512, how -> {})).isFalse();
    assertThat(device.beginWrite(buffer(), 512, 0, how -> {})).isFalse();
    assertThat(lines()).isEmpty();
    device.read(buffer(), 512);
    assertThat(lines()).containsExactly(READ, "connection=7 ...Read id=1 return=0");
  }
}
