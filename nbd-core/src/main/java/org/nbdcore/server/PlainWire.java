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
  private volatile long unwritableSince;
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

  /** The first of the buffers from {@code first} on that has something left. */
  private static int written(ByteBuffer[] srcs, int first, int count) {
    int at = first;
    while (at < count && !srcs[at].hasRemaining()) {
      at++;
    }
    return at;
  }

  /** Writes to a client that falls behind. */
  private void writeSlowly(ByteBuffer[] srcs, int begin, int count) throws IOException {
    long start = System.nanoTime();
    long limit = writeNanos;
    long progress = 0;
    unwritableSince = start | 1;
    try {
      for (int first = begin; first < count; first = written(srcs, first, count)) {
        long left = limit == Long.MAX_VALUE ? limit : limit - (System.nanoTime() - start);
        if (left <= 0) {
          throw new IOException("the client does not take what it is sent");
        }
        awaitWritable(left);
        progress += channel.write(srcs, first, count - first);
        if (progress >= Input.PROGRESS) {
          progress = 0;
          unwritableSince = System.nanoTime() | 1;
        }
      }
    } finally {
      unwritableSince = 0;
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

  /** Writes what the socket takes at once; the rest is lost. */
  void offer(ByteBuffer src) throws IOException {
    channel.write(src);
  }

  @Override
  public long unwritableSince() {
    return unwritableSince;
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
