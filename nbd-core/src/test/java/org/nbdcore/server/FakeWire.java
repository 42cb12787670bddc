package org.nbdcore.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.nbdcore.server.wire.Wire;

/** A client that sends what it was given, takes nothing before it is told to, or has gone. */
public final class FakeWire implements Wire {

  public final CountDownLatch writing = new CountDownLatch(1);
  private final CountDownLatch taking = new CountDownLatch(1);
  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
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

  /** Lets the client take everything. */
  public void take() {
    taking.countDown();
  }

  /** Makes this and every further write fail. */
  public void leave(String why) {
    gone = new IOException(why);
    taking.countDown();
  }

  /** The same, but they fail in a way that nobody expects. */
  public void breakOff(Error how) {
    broken = how;
    leave("broken off");
  }

  /** Lets the client end what it sends, but take everything. */
  public void end() {
    ended = true;
    taking.countDown();
  }

  public synchronized byte[] taken() {
    return taken.toByteArray();
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
      taking.await();
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
          taken.write(srcs[i].get());
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
