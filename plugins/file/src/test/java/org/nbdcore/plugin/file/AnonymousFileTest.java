package org.nbdcore.plugin.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdException;

final class AnonymousFileTest {

  @TempDir private Path folder;

  @Test
  void clientsReadWhatWasWrittenAndTheFolderStaysEmpty() throws Exception {
    try (AnonymousFile file = AnonymousFile.create(folder)) {
      assertThat(folder).isEmptyDirectory();
      file.write(ByteBuffer.wrap(new byte[] {1, 2}));
      file.write(ByteBuffer.wrap(new byte[] {3}));
      assertThatThrownBy(file::open).isInstanceOf(IllegalStateException.class);
      file.finish();
      file.open().close(); // a closed device does not affect the next one
      BlockDevice device = file.open();
      ByteBuffer read = ByteBuffer.allocateDirect(3);
      device.read(read, 0);
      assertThat(read.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
      assertThat(device.size()).isEqualTo(3);
      assertThat(device.capabilities().write()).isFalse();
    }
  }

  @Test
  void errorNamesAMissingFolder() {
    Path none = folder.resolve("none");
    assertThat(Files.exists(none)).isFalse();
    assertThatThrownBy(() -> AnonymousFile.create(none))
        .isInstanceOf(NbdException.class)
        .hasMessageContaining("cannot create a temporary file in " + none);
  }
}
