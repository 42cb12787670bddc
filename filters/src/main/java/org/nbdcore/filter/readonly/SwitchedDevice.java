package org.nbdcore.filter.readonly;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ClearDevice;
import org.nbdcore.spi.Completion;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** Refuses changes while a file exists. */
final class SwitchedDevice extends ClearDevice {

  private final Path file;

  SwitchedDevice(BlockDevice next, Path file) {
    super(next);
    this.file = file;
  }

  private void check() throws NbdException {
    if (Files.exists(file)) {
      throw new NbdException(NbdError.EPERM, "the disk is read-only while " + file + " exists");
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    check();
    next.write(src, offset, flags);
  }

  @Override
  public boolean beginWrite(ByteBuffer src, long offset, int flags, Completion completion)
      throws IOException {
    check();
    return next.beginWrite(src, offset, flags, completion);
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
