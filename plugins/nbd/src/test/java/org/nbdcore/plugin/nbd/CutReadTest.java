package org.nbdcore.plugin.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;

/** Reads that are split into pieces, because they exceed the server's maximum block size. */
@Timeout(60)
final class CutReadTest {

  private static final int PIECE = 4096;
  private static final int BAD = 2 * PIECE;

  @TempDir private Path folder;

  /** The remaining bytes of the buffer tell the server where the read failed. */
  @Test
  void failedSplitReadAdvancesTheBufferOnlyPastTheBytesRead() throws Exception {
    KeptDisks disks = new ShortReads().with("", 16 * PIECE);
    try (RemoteServer remote = RemoteServer.start(disks, folder.resolve("remote"));
        StartedPlugin nbd = new StartedPlugin("uri=" + remote.uri());
        BlockDevice device = nbd.device()) {
      ByteBuffer dst = ByteBuffer.allocateDirect(8 * PIECE);
      assertThatThrownBy(() -> device.read(dst, 0)).hasMessageContaining("a bad block");
      assertThat(dst.position()).isEqualTo(BAD);
      assertThat(dst.remaining()).isEqualTo(8 * PIECE - BAD);
    }
  }

  /** A disk with a bad block. Its maximum block size is one piece. */
  private static final class ShortReads extends KeptDisks {

    @Override
    public BlockDevice open(OpenRequest request) throws IOException {
      return new FilterBlockDevice(super.open(request)) {
        @Override
        public Capabilities capabilities() throws IOException {
          return next.capabilities().withBlockSizes(BlockSizes.of(1, PIECE, PIECE));
        }

        @Override
        public void read(ByteBuffer dst, long offset) throws IOException {
          if (offset == BAD) {
            throw new NbdException(NbdError.EIO, "a bad block");
          }
          next.read(dst, offset);
        }
      };
    }
  }
}
