package org.nbdcore.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.nbdcore.server.wire.Wire;

/**
 * A client that sends given bytes. It reads no replies until {@link #startReading}, and may
 * disconnect.
 */
public final class FakeWire implements Wire {

  public final CountDownLatch writing = new CountDownLatch(1);
  private final CountDownLatch reading = new CountDownLatch(1);
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final ByteBuffer sent;
  private volatile boolean ended;
  private volatile IOException gone;
  private volatile Error broken;

  public FakeWire() {
    this(ByteBuffer.allocate(0));
  }

  public FakeWire(ByteBuffer sent) {
    this.sent = sent;
  }

  /** Lets the client read all replies. */
  public void startReading() {
    reading.countDown();
  }

  /** Makes this and every further write fail. */
  public void disconnect(String why) {
    gone = new IOException(why);
    reading.countDown();
  }

  /** The same, but the writes fail with an error. */
  public void failWrites(Error how) {
    broken = how;
    disconnect("broken off");
  }

  /** Ends the client's input, and lets it read all replies. */
  public void end() {
    ended = true;
    reading.countDown();
  }

  public synchronized byte[] received() {
    return received.toByteArray();
  }

  @Override
  public int read(ByteBuffer dst) {
    int count = Math.min(dst.remaining(), sent.remaining());
    dst.put(sent.slice(sent.position(), count));
    sent.position(sent.position() + count);
    return count > 0 || gone == null && !ended ? count : -1;
  }

  @Override
  public void awaitReadable(long nanos) {}

  @Override
  public void write(ByteBuffer src) throws IOException {
    write(new ByteBuffer[] {src}, 1);
  }

  @Override
  public void write(ByteBuffer[] srcs, int count) throws IOException {
    writing.countDown();
    try {
      reading.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    if (broken != null) {
      throw broken;
    }
    if (gone != null) {
      throw gone;
    }
    synchronized (this) {
      for (int i = 0; i < count; i++) {
        while (srcs[i].hasRemaining()) {
          received.write(srcs[i].get());
        }
      }
    }
  }

  @Override
  public boolean transfers() {
    return true;
  }

  @Override
  public void transfer(FileChannel file, long position, long length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) length);
    while (bytes.hasRemaining() && file.read(bytes, position + bytes.position()) > 0) {}
    write(bytes.flip());
  }

  @Override
  public void limitWrites(long nanos) {}

  @Override
  public long unwritableSince() {
    return 0;
  }

  @Override
  public long writingSince() {
    return 0;
  }

  @Override
  public void wake() {}

  @Override
  public Optional<SocketAddress> peer() {
    return Optional.empty();
  }

  @Override
  public boolean encrypted() {
    return false;
  }

  @Override
  public void close() {}
}
