package org.nbdcore.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ErrnoTest {

  @ParameterizedTest
  @CsvSource({
    "No space left on device, 28",
    "Disk quota exceeded, 122",
    "File too large, 27",
    "Read-only file system, 30",
    "Something nobody has heard of, 0"
  })
  void errnoIsFoundByTheMessageOfTheSystem(String text, int number) {
    assertThat(Errno.of(new IOException(text))).isEqualTo(number);
    assertThat(Errno.of(new FileSystemException("/f", null, text))).isEqualTo(number);
    assertThat(Errno.of(new IOException("writing the overlay", new IOException(text))))
        .isEqualTo(number);
  }

  @Test
  void errnoIsFoundByTheTypeOfTheException() {
    assertThat(Errno.of(new AccessDeniedException("/f"))).isEqualTo(13);
    assertThat(Errno.of(new NoSuchFileException("/f"))).isEqualTo(2);
    assertThat(Errno.of(new IOException((String) null))).isEqualTo(Errno.UNKNOWN);
  }

  @Test
  void aFullDeviceIsRecognisedInAnyLanguage() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.isWritable(full));
    try (FileChannel channel = FileChannel.open(full, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1));
    } catch (IOException e) {
      assertThat(Errno.of(e)).isEqualTo(28);
      return;
    }
    throw new AssertionError("a full device took a byte");
  }
}
