package org.nbdcore.filter.readonly;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** Refuses everything that writes while a file exists; flush, reads and the rest pass. */
final class ReadonlyDevice extends FilterBlockDevice {

  private final Path file;

  ReadonlyDevice(BlockDevice next, Path file) {
    super(next);
    this.file = file;
  }

  private void check() throws NbdException {
    if (Files.exists(file)) {
      throw new NbdException(
          NbdError.EPERM, "the disk is read-only for now (the file of readonly-file exists)");
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    check();
    next.write(src, offset, flags);
  }

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    check();
    next.trim(offset, length, flags);
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    check();
    next.zero(offset, length, flags);
  }
}
