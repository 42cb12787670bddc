package org.nbdcore.plugin.curl;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** One client's view of the file. */
final class CurlDevice implements BlockDevice {

  private static final Capabilities CAPABILITIES = Capabilities.readOnly().withMultiConn(true);

  private final WebFile file;
  private final long size;

  CurlDevice(WebFile file, long size) {
    this.file = file;
    this.size = size;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Capabilities capabilities() {
    return CAPABILITIES;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    try {
      file.read(dst, offset, size);
    } catch (NbdException e) {
      throw e;
    } catch (IOException e) {
      throw new NbdException(NbdError.EIO, "reading from the web server: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {}
}
