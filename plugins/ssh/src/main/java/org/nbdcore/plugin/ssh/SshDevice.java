package org.nbdcore.plugin.ssh;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;

/** The remote file, opened for one client. */
final class SshDevice implements BlockDevice {

  private final SftpFile file;
  private final boolean readOnly;

  SshDevice(SftpFile file, boolean readOnly) {
    this.file = file;
    this.readOnly = readOnly;
  }

  @Override
  public long size() {
    return file.size();
  }

  /** A flush by fsync covers what other sessions have written, so multi-conn is safe. */
  @Override
  public Capabilities capabilities() {
    boolean flush = file.canFlush();
    if (readOnly) {
      return Capabilities.readOnly().withFlush(flush).withMultiConn(true);
    }
    return Capabilities.readWrite()
        .withFlush(flush)
        .withFua(flush ? Support.EMULATE : Support.NONE)
        .withMultiConn(flush);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    file.read(dst, offset);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    if (readOnly) {
      throw new NbdException(NbdError.EPERM, "this disk is read-only");
    }
    file.write(src, offset);
  }

  @Override
  public void flush() throws IOException {
    file.flush();
  }

  @Override
  public void close() {
    file.close();
  }
}
