package org.nbdcore.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A socket without encryption. It is non-blocking, so that a reader can look for input without
 * giving up its processor; only where there is none does it wait, on a selector of its own.
 */
final class PlainWire implements Wire {

  private final SocketChannel channel;
  private final Selector readable;
  private Selector writable; // made by the writing thread when a client first falls behind
  private final Object closing = new Object(); // guards the making of writable against close
  private volatile long writeNanos = Long.MAX_VALUE;
  private volatile boolean closed;

  /** Owns {@code channel} from here on, also if this fails. */
  PlainWire(SocketChannel channel) throws IOException {
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
    long start = 0;
    while (true) {
      channel.write(src);
      if (!src.hasRemaining()) {
        return;
      }
      start = awaitWritable(start);
    }
  }

  @Override
  public void write(ByteBuffer[] srcs, int count) throws IOException {
    int first = 0;
    long start = 0;
    while (true) {
      channel.write(srcs, first, count - first);
      while (first < count && !srcs[first].hasRemaining()) {
        first++;
      }
      if (first == count) {
        return;
      }
      start = awaitWritable(start);
    }
  }

  /**
   * Waits until the client takes more.
   *
   * @param start when it was first waited for during this write, 0 if it was not
   * @return the same, or now
   */
  private long awaitWritable(long start) throws IOException {
    long now = System.nanoTime() | 1;
    long begun = start == 0 ? now : start;
    long limit = writeNanos;
    long left = limit == Long.MAX_VALUE ? limit : limit - (now - begun);
    if (left <= 0) {
      throw new IOException("the client does not take what it is sent");
    }
    if (writable == null) {
      synchronized (closing) {
        if (closed) {
          throw new ClosedChannelException();
        }
        writable = Selector.open();
      }
      channel.register(writable, SelectionKey.OP_WRITE);
    }
    select(writable, millis(left));
    if (closed) {
      throw new ClosedChannelException();
    }
    return begun;
  }

  @Override
  public void limitWrites(long nanos) {
    writeNanos = nanos;
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

  /** The socket itself, for asking about the peer. */
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
    Closing.quietly(channel);
    Closing.quietly(readable);
    synchronized (closing) {
      if (writable != null) {
        Closing.quietly(writable);
      }
    }
  }
}
