package org.nbdcore.server.wire;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.nbdcore.log.ServerLog;
import org.nbdcore.server.failure.CloseQuietly;

/**
 * A socket without encryption. It is non-blocking, so a reader can poll for input without blocking.
 * If there is none, the reader waits on its own selector.
 */
public final class PlainWire implements Wire {

  /**
   * Send buffer of a Unix socket after a reply did not fit: larger than the default of 208 KiB, so
   * a reply of 256 KiB does not wait for the client. TCP adapts its buffers itself.
   */
  private static final int LONG_REPLIES = 1 << 20;

  private final SocketChannel channel;
  private final Selector readable;
  private Selector writable; // created by the writing thread when the client first accepts no data
  private final Object closing = new Object(); // guards the creation of writable against close
  private volatile long writeNanos = Long.MAX_VALUE;
  private volatile long unwritableSince;
  private volatile long writingSince;
  private volatile boolean closed;
  private boolean enlarged; // only for the writing thread

  /** Takes ownership of {@code channel}, also if this constructor fails. */
  public PlainWire(SocketChannel channel) throws IOException {
    this.channel = channel;
    Selector selector = null;
    try {
      channel.configureBlocking(false);
      selector = Selector.open();
      channel.register(selector, SelectionKey.OP_READ);
    } catch (IOException e) {
      channel.close();
      if (selector != null) {
        selector.close();
      }
      throw e;
    }
    readable = selector;
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    return channel.read(dst);
  }

  @Override
  public void awaitReadable(long nanos) throws IOException {
    if (nanos <= 0 || closed) {
      return;
    }
    select(readable, millis(nanos));
  }

  private static long millis(long nanos) {
    return nanos == Long.MAX_VALUE ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  private static void select(Selector selector, long millis) throws IOException {
    try {
      selector.select(millis);
      selector.selectedKeys().clear();
    } catch (ClosedSelectorException e) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public void write(ByteBuffer src) throws IOException {
    channel.write(src);
    if (src.hasRemaining()) {
      writeSlowly(new ByteBuffer[] {src}, 0, 1);
    }
  }

  @Override
  public void write(ByteBuffer[] srcs, int count) throws IOException {
    channel.write(srcs, 0, count);
    int first = written(srcs, 0, count);
    if (first < count) {
      writeSlowly(srcs, first, count);
    }
  }

  @Override
  public boolean transfers() {
    return true;
  }

  @Override
  public void transfer(FileChannel file, long position, long length) throws IOException {
    long done = file.transferTo(position, length, channel);
    if (done < length) {
      transferSlowly(file, position + done, length - done);
    }
  }

  /** Sends to a client that accepts data slowly. Detects a file that has become shorter. */
  private void transferSlowly(FileChannel file, long position, long length) throws IOException {
    long end = position + length;
    Wait wait = new Wait();
    try {
      for (long at = position; at < end; ) {
        if (file.size() <= at) {
          throw new IOException(
              "a file has become shorter while it was sent: it ends before " + at);
        }
        wait.forRoom();
        long sent = file.transferTo(at, end - at, channel);
        at += sent;
        wait.progress(sent);
      }
    } finally {
      unwritableSince = 0;
      writingSince = 0;
    }
  }

  /** Index of the first buffer, from {@code first} on, with remaining bytes. */
  private static int written(ByteBuffer[] srcs, int first, int count) {
    int at = first;
    while (at < count && !srcs[at].hasRemaining()) {
      at++;
    }
    return at;
  }

  /** Writes to a client that accepts data slowly. */
  private void writeSlowly(ByteBuffer[] srcs, int begin, int count) throws IOException {
    Wait wait = new Wait();
    try {
      for (int first = begin; first < count; first = written(srcs, first, count)) {
        wait.forRoom();
        wait.progress(channel.write(srcs, first, count - first));
      }
    } finally {
      unwritableSince = 0;
      writingSince = 0;
    }
  }

  /** A write that waits for the client. Its caller resets both times afterwards. */
  private final class Wait {

    private final long start = System.nanoTime();
    private final long limit = writeNanos;
    private long progress;

    Wait() {
      unwritableSince = start | 1;
      writingSince = start | 1;
      enlarge();
    }

    void forRoom() throws IOException {
      long left = limit == Long.MAX_VALUE ? limit : limit - (System.nanoTime() - start);
      if (left <= 0) {
        throw new IOException("the client does not read its replies");
      }
      awaitWritable(left);
    }

    void progress(long bytes) {
      progress += bytes;
      if (progress >= PROGRESS) {
        progress = 0;
        unwritableSince = System.nanoTime() | 1;
      }
    }
  }

  private void enlarge() {
    if (enlarged) {
      return;
    }
    enlarged = true;
    try {
      if (channel.getLocalAddress() instanceof UnixDomainSocketAddress) {
        channel.setOption(StandardSocketOptions.SO_SNDBUF, LONG_REPLIES);
      }
    } catch (IOException e) {
      ServerLog.LOG.debug(
          () -> "the send buffer of the socket cannot be enlarged: " + e.getMessage());
    }
  }

  private void awaitWritable(long nanos) throws IOException {
    if (writable == null) {
      synchronized (closing) {
        if (closed) {
          throw new ClosedChannelException();
        }
        writable = Selector.open();
      }
      try {
        channel.register(writable, SelectionKey.OP_WRITE);
      } catch (ClosedSelectorException e) {
        throw new ClosedChannelException();
      }
    }
    select(writable, millis(nanos));
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public void limitWrites(long nanos) {
    writeNanos = nanos;
  }

  /** Writes what the socket accepts without blocking, and discards the rest. */
  void offer(ByteBuffer src) throws IOException {
    channel.write(src);
  }

  @Override
  public long unwritableSince() {
    return unwritableSince;
  }

  @Override
  public long writingSince() {
    return writingSince;
  }

  @Override
  public void wake() {
    readable.wakeup();
  }

  @Override
  public Optional<SocketAddress> peer() {
    try {
      return Optional.ofNullable(channel.getRemoteAddress());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean encrypted() {
    return false;
  }

  /** The socket, to query its peer. */
  SocketChannel channel() {
    return channel;
  }

  @Override
  public void close() {
    synchronized (closing) {
      if (closed) {
        return;
      }
      closed = true;
    }
    CloseQuietly.quietly(channel);
    CloseQuietly.quietly(readable);
    synchronized (closing) {
      if (writable != null) {
        CloseQuietly.quietly(writable);
      }
    }
  }
}
