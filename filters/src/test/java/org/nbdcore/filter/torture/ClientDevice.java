package org.nbdcore.filter.torture;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.client.NbdClient;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.testkit.ModelDevice;

/** A client's connection as a device, so that checks of devices also check the server. */
final class ClientDevice implements BlockDevice {

  private final NbdClient client;

  ClientDevice(NbdClient client) {
    this.client = client;
  }

  @Override
  public long size() {
    return client.size();
  }

  @Override
  public Capabilities capabilities() {
    return ModelDevice.everything().withFastZero(false);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    client.read(dst, offset);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    client.write(src, offset, flags);
  }

  @Override
  public void flush() throws IOException {
    client.flush();
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    client.trim(offset, length, flags);
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    client.zero(offset, length, flags);
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    client.blockStatus(
        offset, length, flags, (context, at, span, type) -> sink.add(at, span, type));
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    client.cache(offset, length);
  }

  @Override
  public void close() {
    client.close();
  }
}
